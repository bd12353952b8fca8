#include "bmi270.h"

#include "bytes.h"
#include "offer.h"

enum {
    CHIP_ID = 0x00,
    INTERNAL_STATUS = 0x21,
    FIFO_LENGTH = 0x24, /* two registers */
    FIFO_DATA = 0x26,
    ACC_CONF = 0x40,
    ACC_RANGE = 0x41,
    GYR_CONF = 0x42,
    GYR_RANGE = 0x43,
    FIFO_WTM = 0x46, /* two registers, in bytes */
    FIFO_CONFIG_0 = 0x48,
    FIFO_CONFIG_1 = 0x49,
    INT1_IO_CTRL = 0x53,
    INT_MAP_DATA = 0x58,
    INIT_CTRL = 0x59,
    INIT_ADDR_0 = 0x5b, /* where the next part goes, in words: four low bits, then eight high ones */
    INIT_DATA = 0x5e,
    PWR_CONF = 0x7c,
    PWR_CTRL = 0x7d,
    CMD = 0x7e,

    ID = 0x24,
    INITIALISED = 0x01,
    CMD_RESET = 0xb6,
    CMD_FIFO_FLUSH = 0xb0,
    POWER_ACC = 0x04,
    POWER_BOTH = 0x06,
    ACC_NORMAL = 0xa0, /* filter for performance, no averaging */
    GYR_NORMAL = 0xe0, /* as above, and low noise */
    OVERWRITE_OLDEST = 0x00,
    FIFO_ACC = 0x50, /* frames with heads */
    FIFO_BOTH = 0xd0,
    INT1_HIGH_PUSH_PULL = 0x0a,
    INT1_WATERMARK = 0x02,

    HEAD_ACC = 0x84,
    HEAD_GYR = 0x88,
    HEAD_BOTH = 0x8c, /* rotation, then acceleration */
    HEAD_SKIPPED = 0x40,
    HEAD_TIME = 0x44,
    HEAD_SETTINGS = 0x48,
    HEAD_EMPTY = 0x80,
    ACC_FRAME = 7,
    BOTH_FRAME = 13,
    FIFO_BYTES = 2048,
    LEVEL_BITS = 0x3fff,

    PART_BYTES = 32, /* even, and short enough for any board's bus */
    RESET_US = 2000,
    AWAKE_US = 450, /* after power saving was switched off */
    INIT_US = 20000,
    SETTLE_US = 80000,
};

static uint8_t frame_bytes(const struct rs_bmi270 *chip) { return chip->six_axes ? BOTH_FRAME : ACC_FRAME; }

static bool level_of(void *family, struct rs_level *level) {
    struct rs_bmi270 *chip = family;
    const struct rs_bus *bus = chip->sampler.bus;
    uint8_t length[2] = {0};
    if (!bus->read(bus->board, FIFO_LENGTH, length, sizeof length)) {
        return false;
    }
    level->bytes = rs_get_u16(length) & LEVEL_BITS;
    /* No flag tells a loss; where not even two frames more would fit, there may have been one. */
    level->overflowed = level->bytes <= FIFO_BYTES && level->bytes > FIFO_BYTES - 2 * frame_bytes(chip);
    chip->overflowed = level->overflowed;
    return true;
}

/* Frames that carry no sample. */
static enum rs_found control(struct rs_bmi270 *chip, const uint8_t *bytes, uint16_t count,
                             struct rs_unit *unit) {
    switch (bytes[0]) {
    case HEAD_SKIPPED:
        unit->used = 2;
        if (count < unit->used) {
            return RS_CUT;
        }
        unit->missing = chip->overflowed ? 0 : bytes[1]; /* where the level told, time has counted them */
        unit->lost = RS_OVERFLOW;
        return RS_HOLE;
    case HEAD_TIME:
        unit->used = 4;
        return count < unit->used ? RS_CUT : RS_NOTHING;
    case HEAD_SETTINGS:
        unit->used = 5;
        return count < unit->used ? RS_CUT : RS_NOTHING;
    case HEAD_EMPTY: /* read beyond the end */
        return RS_CUT;
    default:
        return RS_BROKEN;
    }
}

/* True where the sensor had no value: all three axes at the lowest count. */
static bool axes_of(const uint8_t *bytes, int16_t axes[3]) {
    for (uint8_t i = 0; i < 3; i++) {
        axes[i] = rs_get_i16(bytes + 2 * i);
    }
    return axes[0] == INT16_MIN && axes[1] == INT16_MIN && axes[2] == INT16_MIN;
}

static enum rs_found decode(void *family, const uint8_t *bytes, uint16_t count, struct rs_unit *unit) {
    struct rs_bmi270 *chip = family;
    /* The two low bits of a data frame tell the level of the interrupt inputs. */
    const uint8_t head = (bytes[0] & 0x80u) != 0 ? bytes[0] & 0xfcu : bytes[0];
    const bool half = chip->six_axes && (head == HEAD_ACC || head == HEAD_GYR);
    if (!half && head != (chip->six_axes ? HEAD_BOTH : HEAD_ACC)) {
        return control(chip, bytes, count, unit);
    }
    unit->used = half ? ACC_FRAME : frame_bytes(chip);
    if (count < unit->used) {
        return RS_CUT;
    }
    bool invalid = half;
    if (!half && chip->six_axes) {
        invalid = axes_of(bytes + 1, unit->sample.gyr);
        invalid |= axes_of(bytes + 7, unit->sample.acc);
    } else if (!half) {
        invalid = axes_of(bytes + 1, unit->sample.acc);
    }
    if (invalid) {
        chip->sampler.impossible++;
        unit->missing = 1;
        unit->lost = RS_BUS_ERROR;
        return RS_HOLE;
    }
    return RS_SAMPLE;
}

static const struct rs_step_offered rates[] = {
    {100, 8, 100000}, {200, 9, 200000}, {400, 10, 400000}, {800, 11, 800000}};
static const struct rs_step_offered acc[] = {
    {2, 0, 163840000}, {4, 1, 81920000}, {8, 2, 40960000}, {16, 3, 20480000}};
static const struct rs_step_offered gyr[] = {
    {250, 3, 1312000}, {500, 2, 656000}, {1000, 1, 328000}, {2000, 0, 164000}};
static const struct rs_offer offer = {rates, acc, gyr, 4, 4, 4};

static bool probe(struct rs_chip *chip) {
    const struct rs_bmi270 *family = chip->family;
    /* The first reading over SPI only turns the chip from I2C to SPI. */
    (void)rs_sampler_reads(&family->sampler, CHIP_ID, 0xff, ID);
    return rs_sampler_reads(&family->sampler, CHIP_ID, 0xff, ID);
}

static struct rs_setting nearest(const struct rs_chip *chip, struct rs_setting wanted) {
    (void)chip;
    return rs_offer_nearest(&offer, wanted);
}

static struct rs_scales scales(const struct rs_chip *chip, struct rs_setting taken) {
    (void)chip;
    return rs_offer_scales(&offer, taken);
}

static bool load_part(const struct rs_bmi270 *chip, size_t at) {
    const struct rs_bus *bus = chip->sampler.bus;
    const size_t left = chip->config_bytes - at;
    const size_t words = at / 2;
    const uint8_t address[2] = {(uint8_t)(words & 0x0fu), (uint8_t)(words >> 4)};
    return bus->write(bus->board, INIT_ADDR_0, address, sizeof address) &&
           bus->write(bus->board, INIT_DATA, chip->config + at, left < PART_BYTES ? left : PART_BYTES);
}

/* Loads the maker's configuration and waits until the chip says that it runs. */
static bool load(const struct rs_bmi270 *chip) {
    static const struct rs_step before[] = {{CMD, CMD_RESET, RESET_US}};
    static const struct rs_step open[] = {{PWR_CONF, 0, AWAKE_US}, {INIT_CTRL, 0, 0}};
    static const struct rs_step done[] = {{INIT_CTRL, 1, INIT_US}};
    if (!rs_sampler_write(&chip->sampler, before, 1)) {
        return false;
    }
    (void)rs_sampler_reads(&chip->sampler, CHIP_ID, 0xff, ID); /* to SPI again, after the reset */
    if (!rs_sampler_write(&chip->sampler, open, 2)) {
        return false;
    }
    for (size_t at = 0; at < chip->config_bytes; at += PART_BYTES) {
        if (!load_part(chip, at)) {
            return false;
        }
    }
    return rs_sampler_write(&chip->sampler, done, 1) &&
           rs_sampler_reads(&chip->sampler, INTERNAL_STATUS, 0x0f, INITIALISED);
}

static bool start(struct rs_chip *chip, struct rs_setting taken) {
    struct rs_bmi270 *family = chip->family;
    struct rs_sampler *sampler = &family->sampler;
    rs_sampler_stop(sampler);
    if (family->config == NULL || !rs_offer_holds(&offer, taken) || !probe(chip) || !load(family)) {
        return false;
    }
    const struct rs_step_offered *gyr_step = rs_offer_gyr(&offer, taken),
                                 *rate = rs_offer_rate(&offer, taken);
    family->six_axes = gyr_step != NULL;
    const uint16_t mark = rs_sampler_watermark(taken.rate_hz);
    const uint16_t mark_bytes = (uint16_t)(mark * frame_bytes(family));
    const uint8_t power = family->six_axes ? POWER_BOTH : POWER_ACC;
    const struct rs_step steps[] = {
        {PWR_CTRL, power, 0},
        {ACC_CONF, (uint8_t)(ACC_NORMAL | rate->bits), 0},
        {ACC_RANGE, rs_offer_acc(&offer, taken)->bits, 0},
        {GYR_CONF, (uint8_t)(GYR_NORMAL | rate->bits), 0},
        {GYR_RANGE, gyr_step == NULL ? (uint8_t)0 : gyr_step->bits, 0},
        {FIFO_WTM, (uint8_t)(mark_bytes & 0xffu), 0},
        {FIFO_WTM + 1, (uint8_t)(mark_bytes >> 8), 0},
        {FIFO_CONFIG_0, OVERWRITE_OLDEST, 0},
        {FIFO_CONFIG_1, family->six_axes ? FIFO_BOTH : FIFO_ACC, 0},
        {INT1_IO_CTRL, INT1_HIGH_PUSH_PULL, 0},
        {INT_MAP_DATA, INT1_WATERMARK, SETTLE_US},
        {CMD, CMD_FIFO_FLUSH, 0},
    };
    if (!rs_sampler_write(sampler, steps, sizeof steps / sizeof steps[0]) ||
        !rs_sampler_reads(sampler, PWR_CTRL, 0x07, power)) {
        return false;
    }
    rs_sampler_start(sampler, rate->means, mark, frame_bytes(family));
    return true;
}

static bool stop(struct rs_chip *chip) {
    struct rs_bmi270 *family = chip->family;
    static const struct rs_step off[] = {{INT_MAP_DATA, 0, 0}, {FIFO_CONFIG_1, 0, 0}, {PWR_CTRL, 0, 0}};
    rs_sampler_stop(&family->sampler);
    return rs_sampler_write(&family->sampler, off, sizeof off / sizeof off[0]);
}

static struct rs_batch take(struct rs_chip *chip, struct rs_sample *samples, uint16_t room,
                            uint64_t interrupt_us) {
    struct rs_bmi270 *family = chip->family;
    return rs_sampler_take(&family->sampler, family, samples, room, interrupt_us);
}

static const struct rs_chip_driver driver = {"BMI270", probe, nearest, scales, start, stop, take};
static const struct rs_fifo fifo = {
    .data = FIFO_DATA, .room = FIFO_BYTES, .level = level_of, .decode = decode};

struct rs_chip rs_bmi270(struct rs_bmi270 *family, const uint8_t *config, size_t config_bytes,
                         const struct rs_bus *bus, const struct rs_clock *board) {
    *family = (struct rs_bmi270){.config = config, .config_bytes = config_bytes};
    rs_sampler_begin(&family->sampler, bus, board, &fifo);
    return (struct rs_chip){.driver = &driver, .family = family};
}

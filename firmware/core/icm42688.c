#include "icm42688.h"

#include "offer.h"

/* Registers of bank 0; data are big endian, as the chip is after a reset. */
enum {
    DEVICE_CONFIG = 0x11, /* bit 0: reset */
    INT_CONFIG = 0x14,
    FIFO_CONFIG = 0x16, /* mode in the two high bits */
    INT_STATUS = 0x2d,
    FIFO_COUNT = 0x2e, /* two registers, in packets */
    FIFO_DATA = 0x30,
    SIGNAL_PATH_RESET = 0x4b,
    INTF_CONFIG0 = 0x4c,
    PWR_MGMT0 = 0x4e,
    GYRO_CONFIG0 = 0x4f,
    ACCEL_CONFIG0 = 0x50,
    FIFO_CONFIG1 = 0x5f, /* what goes into the FIFO */
    FIFO_CONFIG2 = 0x60, /* watermark in packets, low bits; high ones follow */
    FIFO_CONFIG3 = 0x61,
    INT_CONFIG1 = 0x64,
    INT_SOURCE0 = 0x65,
    WHO_AM_I = 0x75,
    REG_BANK_SEL = 0x76,

    WHO = 0x47,
    INT_LATCHED_PUSH_PULL_HIGH = 0x07, /* until INT_STATUS is read; else it pulses with every sample */
    INT_FIFO_FULL = 0x02,
    INT_FIFO_WATERMARK = 0x04,
    FIFO_STREAM = 0x40, /* the newest overwrite the oldest */
    FIFO_FLUSH = 0x02,
    COUNT_PACKETS_BIG_ENDIAN = 0x70,
    POWER_ACC = 0x03, /* low noise */
    POWER_BOTH = 0x0f,
    FIFO_ACC = 0x25, /* with temperature; watermark from its level on, not only at it */
    FIFO_BOTH = 0x27,

    ACC_PACKET = 8,   /* head, acceleration, temperature */
    BOTH_PACKET = 16, /* head, acceleration, rotation, temperature, time */
    HEAD_KIND = 0xf0, /* empty, has acceleration, has rotation, is of 20 bits */
    HEAD_ACC = 0x40,
    HEAD_BOTH = 0x60,
    FIFO_BYTES = 2048,

    RESET_US = 2000,   /* 1 ms is promised */
    SETTLE_US = 80000, /* the gyroscope needs 30 ms, and 45 ms before it may sleep again */
};

static uint8_t packet_bytes(const struct rs_icm42688 *chip) {
    return chip->six_axes ? BOTH_PACKET : ACC_PACKET;
}

static bool level_of(void *family, struct rs_level *level) {
    const struct rs_icm42688 *chip = family;
    const struct rs_bus *bus = chip->sampler.bus;
    uint8_t status[3] = {0}; /* flags, then the count */
    if (!bus->read(bus->board, INT_STATUS, status, sizeof status)) {
        return false;
    }
    const uint32_t packets = (uint32_t)status[1] << 8 | status[2];
    const uint32_t bytes = packets * packet_bytes(chip);
    level->bytes = (uint16_t)(bytes < 0xffffu ? bytes : 0xffffu);
    level->overflowed = (status[0] & INT_FIFO_FULL) != 0;
    return true;
}

/* True where the chip put in "no value": it never measures 8000. */
static bool axes_of(const uint8_t *bytes, int16_t axes[3]) {
    bool invalid = false;
    for (uint8_t i = 0; i < 3; i++) {
        const uint16_t value = (uint16_t)((uint32_t)bytes[2 * i] << 8 | bytes[2 * i + 1]);
        axes[i] = (int16_t)(value < 0x8000u ? (int32_t)value : (int32_t)value - 0x10000);
        invalid |= value == 0x8000u;
    }
    return invalid;
}

static enum rs_found decode(void *family, const uint8_t *bytes, uint16_t count, struct rs_unit *unit) {
    struct rs_icm42688 *chip = family;
    const uint8_t size = packet_bytes(chip);
    if (count < size || (bytes[0] & HEAD_KIND) != (chip->six_axes ? HEAD_BOTH : HEAD_ACC)) {
        return RS_BROKEN;
    }
    unit->used = size;
    bool invalid = axes_of(bytes + 1, unit->sample.acc);
    if (chip->six_axes) {
        invalid |= axes_of(bytes + 7, unit->sample.gyr);
    }
    if (invalid) {
        chip->sampler.impossible++;
        unit->missing = 1;
        unit->lost = RS_BUS_ERROR;
        return RS_HOLE;
    }
    return RS_SAMPLE;
}

/* The chip's own names. 16.4 counts per degree per second at 2000, as its datasheet says. */
static const struct rs_step_offered rates[] = {
    {100, 8, 100000}, {200, 7, 200000}, {400, 15, 500000}, {800, 6, 1000000}};
static const struct rs_step_offered acc[] = {
    {2, 0x60, 163840000}, {4, 0x40, 81920000}, {8, 0x20, 40960000}, {16, 0x00, 20480000}};
static const struct rs_step_offered gyr[] = {
    {250, 0x60, 1310000}, {500, 0x40, 655000}, {1000, 0x20, 328000}, {2000, 0x00, 164000}};
static const struct rs_offer offer = {rates, acc, gyr, 4, 4, 4};

static bool probe(struct rs_chip *chip) {
    const struct rs_icm42688 *family = chip->family;
    static const struct rs_step bank[] = {{REG_BANK_SEL, 0, 0}};
    return rs_sampler_write(&family->sampler, bank, 1) &&
           rs_sampler_reads(&family->sampler, WHO_AM_I, 0xff, WHO);
}

static struct rs_setting nearest(const struct rs_chip *chip, struct rs_setting wanted) {
    (void)chip;
    return rs_offer_nearest(&offer, wanted);
}

static struct rs_scales scales(const struct rs_chip *chip, struct rs_setting taken) {
    (void)chip;
    return rs_offer_scales(&offer, taken);
}

static bool start(struct rs_chip *chip, struct rs_setting taken) {
    struct rs_icm42688 *family = chip->family;
    struct rs_sampler *sampler = &family->sampler;
    rs_sampler_stop(sampler);
    if (!rs_offer_holds(&offer, taken) || !probe(chip)) {
        return false;
    }
    const struct rs_step_offered *gyr_step = rs_offer_gyr(&offer, taken),
                                 *rate = rs_offer_rate(&offer, taken);
    family->six_axes = gyr_step != NULL;
    const uint8_t power = family->six_axes ? POWER_BOTH : POWER_ACC;
    const uint16_t mark = rs_sampler_watermark(taken.rate_hz);
    const struct rs_step steps[] = {
        {DEVICE_CONFIG, 1, RESET_US},
        {INT_CONFIG, INT_LATCHED_PUSH_PULL_HIGH, 0},
        {INT_CONFIG1, 0, 0}, /* the datasheet asks for bit 4 to be cleared, or the pin may stay silent */
        {INTF_CONFIG0, COUNT_PACKETS_BIG_ENDIAN, 0},
        {GYRO_CONFIG0, (uint8_t)(rate->bits | (gyr_step == NULL ? 0 : gyr_step->bits)), 0},
        {ACCEL_CONFIG0, (uint8_t)(rate->bits | rs_offer_acc(&offer, taken)->bits), 0},
        {FIFO_CONFIG1, family->six_axes ? FIFO_BOTH : FIFO_ACC, 0},
        {FIFO_CONFIG2, (uint8_t)mark, 0},
        {FIFO_CONFIG3, 0, 0},
        {INT_SOURCE0, INT_FIFO_WATERMARK, 0},
        {PWR_MGMT0, power, SETTLE_US},
        {FIFO_CONFIG, FIFO_STREAM, 0},
        {SIGNAL_PATH_RESET, FIFO_FLUSH, 0},
    };
    if (!rs_sampler_write(sampler, steps, sizeof steps / sizeof steps[0]) ||
        !rs_sampler_reads(sampler, PWR_MGMT0, 0x0f, power)) {
        return false;
    }
    rs_sampler_start(sampler, rate->means, mark, packet_bytes(family));
    return true;
}

static bool stop(struct rs_chip *chip) {
    struct rs_icm42688 *family = chip->family;
    static const struct rs_step off[] = {{INT_SOURCE0, 0, 0}, {FIFO_CONFIG, 0, 0}, {PWR_MGMT0, 0, 200}};
    rs_sampler_stop(&family->sampler);
    return rs_sampler_write(&family->sampler, off, sizeof off / sizeof off[0]);
}

static struct rs_batch take(struct rs_chip *chip, struct rs_sample *samples, uint16_t room,
                            uint64_t interrupt_us) {
    struct rs_icm42688 *family = chip->family;
    return rs_sampler_take(&family->sampler, family, samples, room, interrupt_us);
}

static const struct rs_chip_driver driver = {"ICM-42688-P", probe, nearest, scales, start, stop, take};
static const struct rs_fifo fifo = {
    .data = FIFO_DATA, .room = FIFO_BYTES, .level = level_of, .decode = decode};

struct rs_chip rs_icm42688(struct rs_icm42688 *family, const struct rs_bus *bus,
                           const struct rs_clock *board) {
    *family = (struct rs_icm42688){.six_axes = false};
    rs_sampler_begin(&family->sampler, bus, board, &fifo);
    return (struct rs_chip){.driver = &driver, .family = family};
}

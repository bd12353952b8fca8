#include "lsm6ds.h"

#include "bytes.h"
#include "offer.h"

/* The same in both. */
enum {
    FIFO_CTRL1 = 0x07, /* watermark in words, low bits */
    FIFO_CTRL2 = 0x08, /* bit 0 of the DSO32: the watermark's ninth */
    FIFO_CTRL3 = 0x09, /* rates into the FIFO: accelerometer in the low half, gyroscope in the high one */
    FIFO_CTRL4 = 0x0a, /* mode; 6: the newest overwrite the oldest */
    INT1_CTRL = 0x0d,
    WHO_AM_I = 0x0f,
    CTRL1 = 0x10, /* accelerometer */
    CTRL2 = 0x11, /* gyroscope */
    CTRL3 = 0x12,
    CTRL6 = 0x15,     /* DSV32X: range of the gyroscope */
    CTRL8 = 0x17,     /* DSV32X: range of the accelerometer */
    HAODR_CFG = 0x62, /* DSV32X: which set of rates the high-accuracy mode has */
    FIFO_DATA = 0x78, /* tag and six bytes; a burst goes round from the last byte to the next word's tag */

    FIFO_OFF = 0x00,
    FIFO_CONTINUOUS = 0x06,
    INT1_FIFO_WATERMARK = 0x08,
    CTRL3_RESET = 0x01,
    CTRL3_BURST = 0x44, /* whole samples only, addresses that count up */
    HIGH_ACCURACY = 0x10,
    HAODR_100_200_400_800 = 0x02,

    WORD_BYTES = 7,
    TAG_GYR = 1,
    TAG_ACC = 2,
    TAG_OTHERS = 5, /* temperature, time stamp, change of settings: 3 to 5 */

    RESET_US = 20000,
    SETTLE_US = 100000, /* the gyroscope's first samples after power-up mean nothing; 70 ms are promised */
};

struct rs_lsm6ds_model {
    uint8_t who;
    uint8_t status;      /* FIFO_STATUS1, its level in words; the second one follows */
    uint16_t level_bits; /* of the two registers together */
    struct rs_fifo fifo;
    struct rs_offer offer;
    bool (*set)(const struct rs_lsm6ds *chip, struct rs_setting taken);
};

static bool level_of(void *family, struct rs_level *level) {
    const struct rs_lsm6ds *chip = family;
    const struct rs_bus *bus = chip->sampler.bus;
    uint8_t status[2] = {0};
    if (!bus->read(bus->board, chip->model->status, status, sizeof status)) {
        return false;
    }
    const uint16_t both = rs_get_u16(status);
    level->bytes = (uint16_t)((both & chip->model->level_bits) * WORD_BYTES);
    level->overflowed = (both & 0x4800u) != 0; /* now, or since the last look */
    return true;
}

static void begin_slot(struct rs_lsm6ds *chip, uint8_t count) {
    chip->slot_count = count;
    chip->has_acc = chip->has_gyr = false;
    chip->sampler.carried = 0;
}

/* A word that opens a new time slot: how many slots before it were left without a whole sample. */
static uint8_t slots_missed(const struct rs_lsm6ds *chip, uint8_t count) {
    const bool half = chip->six_axes && chip->has_acc != chip->has_gyr;
    const uint8_t passed = (uint8_t)((uint32_t)(count + 3u - chip->slot_count) & 3u);
    return (uint8_t)(passed + (half ? 1u : 0u));
}

static enum rs_found decode(void *family, const uint8_t *bytes, uint16_t count, struct rs_unit *unit) {
    struct rs_lsm6ds *chip = family;
    if (count < WORD_BYTES) {
        return RS_BROKEN; /* only whole words are read, so never of this chip's making */
    }
    unit->used = WORD_BYTES;
    const uint8_t tag = bytes[0] >> 3, slot = bytes[0] >> 1 & 3u;
    if (tag == 0 || tag > TAG_OTHERS) {
        chip->sampler.impossible++;
        return RS_NOTHING; /* the slot it belonged to will be found short of a word */
    }
    if (tag != TAG_ACC && (tag != TAG_GYR || !chip->six_axes)) {
        return RS_NOTHING;
    }
    struct rs_sampler *sampler = &chip->sampler;
    const bool acc = tag == TAG_ACC;
    if (sampler->following == RS_FRESH) {
        begin_slot(chip, slot);
        sampler->following = RS_SEEKING;
    } else if (slot != chip->slot_count || (acc ? chip->has_acc : chip->has_gyr)) {
        unit->missing = slots_missed(chip, slot);
        begin_slot(chip, slot);
        if (unit->missing > 0 && sampler->following == RS_FOLLOWS) {
            unit->used = 0; /* the word is looked at again after the hole */
            unit->lost = RS_BUS_ERROR;
            return RS_HOLE;
        }
    }
    int16_t *axes = acc ? chip->slot.acc : chip->slot.gyr;
    for (uint8_t i = 0; i < 3; i++) {
        axes[i] = rs_get_i16(bytes + 1 + 2 * i);
    }
    chip->has_acc |= acc;
    chip->has_gyr |= !acc;
    if (!chip->has_acc || (chip->six_axes && !chip->has_gyr)) {
        sampler->carried = WORD_BYTES;
        return RS_NOTHING;
    }
    sampler->carried = 0;
    sampler->following = RS_FOLLOWS;
    unit->sample = chip->slot;
    return RS_SAMPLE;
}

static bool probe(struct rs_chip *chip) {
    const struct rs_lsm6ds *family = chip->family;
    return rs_sampler_reads(&family->sampler, WHO_AM_I, 0xff, family->model->who);
}

static struct rs_setting nearest(const struct rs_chip *chip, struct rs_setting wanted) {
    const struct rs_lsm6ds *family = chip->family;
    return rs_offer_nearest(&family->model->offer, wanted);
}

static struct rs_scales scales(const struct rs_chip *chip, struct rs_setting taken) {
    const struct rs_lsm6ds *family = chip->family;
    return rs_offer_scales(&family->model->offer, taken);
}

static const struct rs_step reset[] = {{CTRL3, CTRL3_RESET, RESET_US}, {CTRL3, CTRL3_BURST, 0}};

static bool start(struct rs_chip *chip, struct rs_setting taken) {
    struct rs_lsm6ds *family = chip->family;
    struct rs_sampler *sampler = &family->sampler;
    const struct rs_lsm6ds_model *model = family->model;
    rs_sampler_stop(sampler);
    if (!rs_offer_holds(&model->offer, taken) || !probe(chip)) {
        return false;
    }
    family->six_axes = taken.gyr_range_dps > 0;
    begin_slot(family, 0);
    const uint8_t words = family->six_axes ? 2 : 1;
    const uint16_t mark =
        (uint16_t)(rs_sampler_watermark(taken.rate_hz) * words); /* 64 at most: fits one register */
    const uint8_t rate = rs_offer_rate(&model->offer, taken)->bits;
    const struct rs_step fill[] = {
        {FIFO_CTRL1, (uint8_t)mark, 0},
        {FIFO_CTRL2, 0, 0},
        {FIFO_CTRL3, (uint8_t)(family->six_axes ? rate << 4 | rate : rate), 0},
        {INT1_CTRL, INT1_FIFO_WATERMARK, SETTLE_US},
        {FIFO_CTRL4, FIFO_OFF, 0}, /* empties it */
        {FIFO_CTRL4, FIFO_CONTINUOUS, 0},
    };
    if (!rs_sampler_write(sampler, reset, sizeof reset / sizeof reset[0]) || !model->set(family, taken) ||
        !rs_sampler_write(sampler, fill, sizeof fill / sizeof fill[0]) ||
        !rs_sampler_reads(sampler, FIFO_CTRL4, 0x07, FIFO_CONTINUOUS)) {
        return false;
    }
    rs_sampler_start(sampler, rs_offer_rate(&model->offer, taken)->means, rs_sampler_watermark(taken.rate_hz),
                     (uint8_t)(words * WORD_BYTES));
    return true;
}

static bool stop(struct rs_chip *chip) {
    struct rs_lsm6ds *family = chip->family;
    static const struct rs_step off[] = {
        {CTRL1, 0, 0}, {CTRL2, 0, 0}, {FIFO_CTRL4, FIFO_OFF, 0}, {INT1_CTRL, 0, 0}};
    rs_sampler_stop(&family->sampler);
    return rs_sampler_write(&family->sampler, off, sizeof off / sizeof off[0]);
}

static struct rs_batch take(struct rs_chip *chip, struct rs_sample *samples, uint16_t room,
                            uint64_t interrupt_us) {
    struct rs_lsm6ds *family = chip->family;
    return rs_sampler_take(&family->sampler, family, samples, room, interrupt_us);
}

/* Rate and range share a register. */
static bool set_dso32(const struct rs_lsm6ds *chip, struct rs_setting taken) {
    const struct rs_offer *offer = &chip->model->offer;
    const uint8_t rate = (uint8_t)(rs_offer_rate(offer, taken)->bits << 4);
    const struct rs_step_offered *gyr = rs_offer_gyr(offer, taken);
    const struct rs_step steps[] = {
        {CTRL1, (uint8_t)(rate | rs_offer_acc(offer, taken)->bits), 0},
        {CTRL2, gyr == NULL ? (uint8_t)0 : (uint8_t)(rate | gyr->bits), 0},
    };
    return rs_sampler_write(&chip->sampler, steps, sizeof steps / sizeof steps[0]);
}

/* Ranges and the set of rates may only change while both sensors sleep, as they do after the reset. */
static bool set_dsv32x(const struct rs_lsm6ds *chip, struct rs_setting taken) {
    const struct rs_offer *offer = &chip->model->offer;
    const uint8_t mode = (uint8_t)(HIGH_ACCURACY | rs_offer_rate(offer, taken)->bits);
    const struct rs_step_offered *gyr = rs_offer_gyr(offer, taken);
    const struct rs_step steps[] = {
        {HAODR_CFG, HAODR_100_200_400_800, 0},        {CTRL6, gyr == NULL ? (uint8_t)1 : gyr->bits, 0},
        {CTRL8, rs_offer_acc(offer, taken)->bits, 0}, {CTRL1, mode, 0},
        {CTRL2, gyr == NULL ? (uint8_t)0 : mode, 0},
    };
    return rs_sampler_write(&chip->sampler, steps, sizeof steps / sizeof steps[0]);
}

/* 0.122, 0.244, 0.488 and 0.976 mg a count. */
#define COUNTS_4_G  81967213u
#define COUNTS_8_G  40983607u
#define COUNTS_16_G 20491803u
#define COUNTS_32_G 10245902u

/* 8.75 thousandths of a degree per second a count, and twice that with every step. */
#define COUNTS_250_DPS  1142857u
#define COUNTS_500_DPS  571429u
#define COUNTS_1000_DPS 285714u
#define COUNTS_2000_DPS 142857u
#define COUNTS_4000_DPS 71429u

static const struct rs_step_offered dso32_rates[] = {
    {100, 4, 104000}, {200, 5, 208000}, {400, 6, 417000}, {800, 7, 833000}};
static const struct rs_step_offered dso32_acc[] = {
    {4, 0x0, COUNTS_4_G}, {8, 0x8, COUNTS_8_G}, {16, 0xc, COUNTS_16_G}, {32, 0x4, COUNTS_32_G}};
static const struct rs_step_offered dso32_gyr[] = {{250, 0x0, COUNTS_250_DPS},
                                                   {500, 0x4, COUNTS_500_DPS},
                                                   {1000, 0x8, COUNTS_1000_DPS},
                                                   {2000, 0xc, COUNTS_2000_DPS}};

static const struct rs_lsm6ds_model dso32 = {
    .who = 0x6c,
    .status = 0x3a,
    .level_bits = 0x03ff,
    .fifo = {.data = FIFO_DATA, .room = 512 * WORD_BYTES, .level = level_of, .decode = decode},
    .offer = {dso32_rates, dso32_acc, dso32_gyr, 4, 4, 4},
    .set = set_dso32,
};

static const struct rs_step_offered dsv32x_rates[] = {
    {100, 6, 100000}, {200, 7, 200000}, {400, 8, 400000}, {800, 9, 800000}};
static const struct rs_step_offered dsv32x_acc[] = {
    {4, 0, COUNTS_4_G}, {8, 1, COUNTS_8_G}, {16, 2, COUNTS_16_G}, {32, 3, COUNTS_32_G}};
static const struct rs_step_offered dsv32x_gyr[] = {{250, 1, COUNTS_250_DPS},
                                                    {500, 2, COUNTS_500_DPS},
                                                    {1000, 3, COUNTS_1000_DPS},
                                                    {2000, 4, COUNTS_2000_DPS},
                                                    {4000, 12, COUNTS_4000_DPS}};

static const struct rs_lsm6ds_model dsv32x = {
    .who = 0x70,
    .status = 0x1b,
    .level_bits = 0x01ff,
    .fifo = {.data = FIFO_DATA, .room = 256 * WORD_BYTES, .level = level_of, .decode = decode},
    .offer = {dsv32x_rates, dsv32x_acc, dsv32x_gyr, 4, 4, 5},
    .set = set_dsv32x,
};

static const struct rs_chip_driver dso32_driver = {"LSM6DSO32", probe, nearest, scales, start, stop, take};
static const struct rs_chip_driver dsv32x_driver = {"LSM6DSV32X", probe, nearest, scales, start, stop, take};

static struct rs_chip make(struct rs_lsm6ds *family, const struct rs_lsm6ds_model *model,
                           const struct rs_chip_driver *driver, const struct rs_bus *bus,
                           const struct rs_clock *board) {
    *family = (struct rs_lsm6ds){.model = model};
    rs_sampler_begin(&family->sampler, bus, board, &model->fifo);
    return (struct rs_chip){.driver = driver, .family = family};
}

struct rs_chip rs_lsm6dso32(struct rs_lsm6ds *family, const struct rs_bus *bus,
                            const struct rs_clock *board) {
    return make(family, &dso32, &dso32_driver, bus, board);
}

struct rs_chip rs_lsm6dsv32x(struct rs_lsm6ds *family, const struct rs_bus *bus,
                             const struct rs_clock *board) {
    return make(family, &dsv32x, &dsv32x_driver, bus, board);
}

#include "perfect_chip.h"

#include "doubling.h"

static bool probe(struct rs_chip *chip) { return !((struct perfect_chip *)chip->family)->dead; }

static struct rs_setting nearest(const struct rs_chip *chip, struct rs_setting wanted) {
    (void)chip;
    return doubling_nearest(wanted, 2000);
}

static struct rs_scales scales(const struct rs_chip *chip, struct rs_setting taken) {
    (void)chip;
    return (struct rs_scales){taken.rate_hz * 1000u, 327680000u / taken.acc_range_g, 164000u};
}

static bool start(struct rs_chip *chip, struct rs_setting taken) {
    struct perfect_chip *perfect = chip->family;
    perfect->starts++;
    perfect->running = !perfect->dead;
    perfect->period_us = 1000000u / taken.rate_hz;
    perfect->started_us = perfect->clock->time_us(perfect->clock->board);
    perfect->given = 0;
    return perfect->running;
}

static bool stop(struct rs_chip *chip) {
    struct perfect_chip *perfect = chip->family;
    perfect->running = false;
    return !perfect->dead;
}

struct rs_sample perfect_chip_sample(uint32_t number) {
    const int16_t some = (int16_t)(number % 30000u);
    return (struct rs_sample){{some, (int16_t)-some, 1000}, {(int16_t)(some + 1), 7, (int16_t)(-some - 1)}};
}

static struct rs_batch take(struct rs_chip *chip, struct rs_sample *samples, uint16_t room, uint64_t interrupt_us) {
    struct perfect_chip *perfect = chip->family;
    (void)interrupt_us;
    if (perfect->dead) {
        return (struct rs_batch){.lost = RS_BUS_ERROR};
    }
    if (perfect->still || !perfect->running) {
        return (struct rs_batch){0};
    }
    const uint64_t now_us = perfect->clock->time_us(perfect->clock->board);
    const uint32_t taken = (uint32_t)((now_us - perfect->started_us) / perfect->period_us);
    struct rs_batch batch = {.lost = perfect->overflows ? RS_OVERFLOW : 0};
    batch.first_us = perfect->started_us + (uint64_t)(perfect->given + 1u) * perfect->period_us;
    while (batch.count < room && perfect->given < taken) {
        samples[batch.count] = perfect_chip_sample(perfect->given);
        if (perfect->clips) {
            samples[batch.count].acc[2] = INT16_MIN;
        }
        batch.count++;
        perfect->given++;
    }
    if (batch.count > 0) {
        perfect->overflows = false;
    }
    return batch;
}

struct rs_chip perfect_chip_make(struct perfect_chip *perfect, const struct rs_clock *clock) {
    static const struct rs_chip_driver driver = {"perfect", probe, nearest, scales, start, stop, take};
    *perfect = (struct perfect_chip){.clock = clock};
    return (struct rs_chip){.driver = &driver, .family = perfect};
}

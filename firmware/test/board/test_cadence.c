/* Steps counted beside the measuring: a watch sees them, and the device's samples are the same as without. */
#include "cadence.h"

#include <string.h>

#include "check.h"

#define RATE_HZ 200u

/* A chip on somebody who takes 180 steps a minute. */
struct running_chip {
    uint32_t given;
    bool loses, silent;
    unsigned probes, stops;
};

static bool probe(struct rs_chip *chip) {
    ((struct running_chip *)chip->family)->probes++;
    return true;
}

static struct rs_setting nearest(const struct rs_chip *chip, struct rs_setting wanted) {
    (void)chip;
    wanted.rate_hz = RATE_HZ;
    return wanted;
}

static struct rs_scales scales(const struct rs_chip *chip, struct rs_setting taken) {
    (void)chip;
    (void)taken;
    return (struct rs_scales){RATE_HZ * 1000u, 20480000, 164000};
}

static bool start(struct rs_chip *chip, struct rs_setting taken) {
    return ((struct running_chip *)chip->family)->given == 0 && taken.rate_hz == RATE_HZ;
}

static bool stop(struct rs_chip *chip) {
    ((struct running_chip *)chip->family)->stops++;
    return true;
}

static struct rs_batch take(struct rs_chip *chip, struct rs_sample *samples, uint16_t room, uint64_t interrupt_us) {
    struct running_chip *runs = chip->family;
    if (runs->silent) {
        return (struct rs_batch){.lost = RS_BUS_ERROR};
    }
    for (uint16_t i = 0; i < room; i++) {
        const uint32_t in_step = runs->given++ % (RATE_HZ / 3u); /* three steps a second */
        samples[i] = (struct rs_sample){.acc = {0, 0, (int16_t)(2048 + (in_step < 8 ? 3000 : 0))}};
    }
    return (struct rs_batch){.count = room, .lost = runs->loses ? RS_OVERFLOW : 0, .first_us = interrupt_us};
}

static const struct rs_chip_driver driver = {"running", probe, nearest, scales, start, stop, take};
static struct running_chip runs;
static struct rs_cadence_chip cadence;
static struct rs_chip chip;

static void begin(void) {
    runs = (struct running_chip){0};
    chip = rs_cadence_chip(&cadence, (struct rs_chip){&driver, &runs}, RS_PELVIS);
}

static struct rs_batch pass(uint32_t seconds) {
    struct rs_sample samples[20];
    struct rs_batch batch = {0};
    for (uint32_t i = 0; i < seconds * RATE_HZ / 20u; i++) {
        batch = chip.driver->take(&chip, samples, 20, i);
    }
    return batch;
}

static void test_a_watch_sees_the_steps_of_who_runs(void) {
    begin();
    CHECK(rs_cadence_now(&cadence).steps_per_min == 0);
    CHECK(chip.driver->start(&chip, (struct rs_setting){RATE_HZ, 16, 0}));
    (void)pass(8);
    const struct rs_cadence told = rs_cadence_now(&cadence);
    CHECK(told.steps_per_min >= 180 && told.steps_per_min <= 183 && told.running); /* 66 samples are a step */
    CHECK(chip.driver->stop(&chip) && runs.stops == 1);
    CHECK(rs_cadence_now(&cadence).steps_per_min == 0);
}

static void test_the_device_sees_the_chip_within(void) {
    begin();
    CHECK(strcmp(chip.driver->model, "running") == 0);
    CHECK(chip.driver->probe(&chip) && runs.probes == 1);
    CHECK(chip.driver->nearest(&chip, (struct rs_setting){100, 16, 0}).rate_hz == RATE_HZ);
    CHECK(chip.driver->scales(&chip, (struct rs_setting){RATE_HZ, 16, 0}).rate_mhz == RATE_HZ * 1000u);
    CHECK(chip.driver->start(&chip, (struct rs_setting){RATE_HZ, 16, 0}));
    const struct rs_batch batch = pass(1);
    CHECK(batch.count == 20 && batch.first_us == 9 && runs.given == RATE_HZ);
}

static void test_a_chip_that_does_not_start_or_falls_silent_tells_no_cadence(void) {
    begin();
    CHECK(!chip.driver->start(&chip, (struct rs_setting){100, 16, 0}));
    (void)pass(8);
    CHECK(rs_cadence_now(&cadence).steps_per_min == 0);
    begin();
    CHECK(chip.driver->start(&chip, (struct rs_setting){RATE_HZ, 16, 0}));
    (void)pass(8);
    runs.silent = true;
    (void)pass(1);
    CHECK(rs_cadence_now(&cadence).steps_per_min == 0);
    runs.silent = false;
    runs.loses = true;
    (void)pass(8);
    CHECK(rs_cadence_now(&cadence).steps_per_min == 0);
}

int main(void) {
    test_a_watch_sees_the_steps_of_who_runs();
    test_the_device_sees_the_chip_within();
    test_a_chip_that_does_not_start_or_falls_silent_tells_no_cadence();
    return checks_failed ? 1 : 0;
}

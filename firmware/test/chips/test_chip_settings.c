/* Every chip's start and stop: what it is asked for, and what reaches its registers. */
#include "check.h"
#include "rig.h"

#include <math.h>
#include <stdlib.h>

static void test_a_setting_is_the_nearest_that_the_chip_has(void) {
    static const struct {
        int which;
        struct rs_setting wanted, taken;
        struct rs_scales scales;
    } cases[] = {
        {DSO32, {200, 16, 2000}, {200, 16, 2000}, {208000, 20491803, 142857}},
        {DSO32, {150, 2, 4000}, {200, 4, 2000}, {208000, 81967213, 142857}},
        {DSO32, {800, 32, 0}, {800, 32, 0}, {833000, 10245902, 0}},
        {DSV32X, {50, 17, 2001}, {100, 32, 4000}, {100000, 10245902, 71429}},
        {DSV32X, {65535, 255, 65535}, {800, 32, 4000}, {800000, 10245902, 71429}},
        {ICM, {400, 8, 500}, {400, 8, 500}, {500000, 40960000, 655000}},
        {ICM, {800, 32, 4000}, {800, 16, 2000}, {1000000, 20480000, 164000}},
        {BMI, {0, 0, 1}, {100, 2, 250}, {100000, 163840000, 1312000}},
        {BMI, {299, 3, 251}, {200, 4, 500}, {200000, 81920000, 656000}},
        {BMI, {300, 16, 1000}, {400, 16, 1000}, {400000, 20480000, 328000}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rig *rig = rig_of(cases[i].which);
        const struct rs_setting taken = rig->chip.driver->nearest(&rig->chip, cases[i].wanted);
        const struct rs_scales scales = rig->chip.driver->scales(&rig->chip, taken);
        CHECK(taken.rate_hz == cases[i].taken.rate_hz);
        CHECK(taken.acc_range_g == cases[i].taken.acc_range_g);
        CHECK(taken.gyr_range_dps == cases[i].taken.gyr_range_dps);
        CHECK(scales.rate_mhz == cases[i].scales.rate_mhz);
        CHECK(scales.acc_scale == cases[i].scales.acc_scale);
        CHECK(scales.gyr_scale == cases[i].scales.gyr_scale);
        CHECK(rig->chip.driver->scales(&rig->chip, setting(300, 16, 0)).rate_mhz == 0);
        CHECK(!rig->chip.driver->start(&rig->chip, setting(300, 16, 0)));
        CHECK(!rig->chip.driver->start(&rig->chip, setting(200, 3, 0)));
        CHECK(!rig->chip.driver->start(&rig->chip, setting(200, 16, 1)));
        free(rig);
    }
}

/* What the datasheets say of each range, written into registers of which the driver's tables know nothing
 * here. */
static void test_ranges_reach_the_right_registers(void) {
    static const struct {
        int which;
        uint8_t acc_g;
        uint16_t gyr_dps;
        uint8_t reg[2], mask[2], value[2];
    } cases[] = {
        {DSO32, 4, 250, {0x10, 0x11}, {0x0f, 0x0f}, {0x00, 0x00}},
        {DSO32, 8, 500, {0x10, 0x11}, {0x0f, 0x0f}, {0x08, 0x04}},
        {DSO32, 16, 1000, {0x10, 0x11}, {0x0f, 0x0f}, {0x0c, 0x08}},
        {DSO32, 32, 2000, {0x10, 0x11}, {0x0f, 0x0f}, {0x04, 0x0c}},
        {DSV32X, 4, 250, {0x17, 0x15}, {0x03, 0x0f}, {0, 1}},
        {DSV32X, 8, 500, {0x17, 0x15}, {0x03, 0x0f}, {1, 2}},
        {DSV32X, 16, 1000, {0x17, 0x15}, {0x03, 0x0f}, {2, 3}},
        {DSV32X, 32, 4000, {0x17, 0x15}, {0x03, 0x0f}, {3, 12}},
        {ICM, 2, 250, {0x50, 0x4f}, {0xe0, 0xe0}, {0x60, 0x60}},
        {ICM, 4, 500, {0x50, 0x4f}, {0xe0, 0xe0}, {0x40, 0x40}},
        {ICM, 8, 1000, {0x50, 0x4f}, {0xe0, 0xe0}, {0x20, 0x20}},
        {ICM, 16, 2000, {0x50, 0x4f}, {0xe0, 0xe0}, {0x00, 0x00}},
        {BMI, 2, 250, {0x41, 0x43}, {0x03, 0x07}, {0, 3}},
        {BMI, 4, 500, {0x41, 0x43}, {0x03, 0x07}, {1, 2}},
        {BMI, 8, 1000, {0x41, 0x43}, {0x03, 0x07}, {2, 1}},
        {BMI, 16, 2000, {0x41, 0x43}, {0x03, 0x07}, {3, 0}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rig *rig = rig_of(cases[i].which);
        CHECK(rig_start(rig, setting(200, cases[i].acc_g, cases[i].gyr_dps)));
        for (int j = 0; j < 2; j++) {
            CHECK((rig->bench.regs[cases[i].reg[j]] & cases[i].mask[j]) == cases[i].value[j]);
        }
        free(rig);
    }
}

/* The board takes the time of a rising edge: one at the watermark, and the next only after the FIFO was looked at. */
static void test_the_interrupt_rises_and_stays(void) {
    static const struct {
        int which;
        uint8_t reg, mask, value;
    } cases[] = {
        {DSO32, 0x12, 0x30, 0x00}, /* active high, push-pull */
        {DSV32X, 0x03, 0x10, 0x00},
        {ICM, 0x14, 0x07, 0x07}, /* latched */
        {BMI, 0x53, 0x0e, 0x0a},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rig *rig = rig_of(cases[i].which);
        CHECK(rig_start(rig, setting(200, 16, 2000)));
        CHECK((rig->bench.regs[cases[i].reg] & cases[i].mask) == cases[i].value);
        free(rig);
    }
}

static void test_another_chip_is_not_taken(void) {
    for (int which = 0; which < CHIPS; which++) {
        struct rig *rig = rig_of(which);
        CHECK(rig->chip.driver->probe(&rig->chip));
        rig->bench.who = 0x11;
        CHECK(!rig->chip.driver->probe(&rig->chip));
        CHECK(!rig_start(rig, setting(200, 16, 2000)));
        drain(rig, 64, 0, 0);
        CHECK(rig->got == 0);
        free(rig);
    }
}

static void test_a_start_that_fails_anywhere_can_be_tried_again(void) {
    for (int which = 0; which < CHIPS; which++) {
        uint32_t at = 1, failed = 0;
        for (bool done = false; !done && at < 2000; at++) {
            struct rig *rig = rig_of(which);
            rig->bench.fail_from = at;
            rig->bench.fail_count = 1;
            const bool started = rig_start(rig, setting(200, 16, 2000));
            done = rig->bench.operations < at; /* the failure would have come later */
            if (!done) {
                /* A reading that only wakes the chip may fail. */
                failed += !started;
                CHECK(!started || which == BMI);
                CHECK(rig_start(rig, setting(200, 16, 2000)));
            }
            run(rig, 0.3, 300, 64, 100);
            CHECK(rig->got > 40 && rig->torn == 0 && rig->holes == 0);
            free(rig);
        }
        CHECK(failed > 5 && failed + (which == BMI ? 3 : 1) >= at - 1u);
    }
}

static void test_the_configuration_is_loaded_byte_for_byte(void) {
    struct rig *rig = rig_of(BMI);
    CHECK(rig_start(rig, setting(200, 16, 2000)));
    CHECK(rig->bench.loaded_bytes == sizeof rig->config);
    for (size_t i = 0; i < sizeof rig->config; i++) {
        CHECK(rig->bench.loaded[i] == rig->config[i]);
    }
    rig->config[0] = 0;
    CHECK(!rig_start(rig, setting(200, 16, 2000))); /* the chip does not accept it */
    rig->family.bmi270.config = NULL;
    CHECK(!rig_start(rig, setting(200, 16, 2000)));
    free(rig);
}

static void test_a_stopped_chip_gives_nothing_and_starts_again(void) {
    for (int which = 0; which < CHIPS; which++) {
        struct rig *rig = rig_of(which);
        static struct rs_sample samples[4];
        CHECK(rig_start(rig, setting(200, 16, 2000)));
        run(rig, 0.5, 300, 64, 100);
        CHECK(rig->chip.driver->take(&rig->chip, samples, 0, 0).count == 0);
        CHECK(rig->chip.driver->stop(&rig->chip));
        bench_pass(&rig->bench, 100000);
        const struct rs_batch none = rig->chip.driver->take(&rig->chip, samples, 4, 0);
        CHECK(none.count == 0 && none.lost == 0);
        rig->bench.fail_from = rig->bench.operations + 2u;
        rig->bench.fail_count = 1;
        CHECK(!rig->chip.driver->stop(&rig->chip));
        CHECK(rig_start(rig, setting(800, 16, 0)));
        rig->got = 0;
        run(rig, 0.5, 300, 64, 100);
        CHECK(rig->got > 350 && rig->torn == 0 && rig->flags == RS_GAP);
        free(rig);
    }
}

int main(void) {
    test_a_setting_is_the_nearest_that_the_chip_has();
    test_ranges_reach_the_right_registers();
    test_the_interrupt_rises_and_stays();
    test_another_chip_is_not_taken();
    test_a_start_that_fails_anywhere_can_be_tried_again();
    test_the_configuration_is_loaded_byte_for_byte();
    test_a_stopped_chip_gives_nothing_and_starts_again();
    return checks_failed ? 1 : 0;
}

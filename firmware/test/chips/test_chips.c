/* Every chip driver against its chip on the bench. */
#include "bench.h"
#include "bmi270.h"
#include "check.h"
#include "icm42688.h"
#include "lsm6ds.h"

#include <math.h>
#include <stdlib.h>

enum { DSO32, DSV32X, ICM, BMI, CHIPS };

static const struct bench_kind *const kinds[CHIPS] = {&bench_dso32, &bench_dsv32x, &bench_icm42688,
                                                      &bench_bmi270};

/* The chip, its driver, and what came out of it. */
struct rig {
    struct bench bench;
    union {
        struct rs_lsm6ds lsm6ds;
        struct rs_icm42688 icm42688;
        struct rs_bmi270 bmi270;
    } family;
    struct rs_chip chip;
    struct rs_setting setting;
    uint8_t config[8192];

    uint32_t got, batches;
    int64_t last;           /* number of the last sample */
    uint32_t holes, unsaid; /* places where numbers are missing, and how many of them no flag told */
    uint32_t torn;          /* samples that are none */
    uint32_t backwards;     /* times that do not grow */
    uint8_t flags;          /* of all batches after the first */
    double worst_us;        /* error of a batch's time, after the first ones */
    double worst_gap;       /* in periods: what a hole is by time and what it is by number */
    uint64_t last_us;
    double first_error_us;
};

static struct rig *rig_of(int which) {
    struct rig *rig = calloc(1, sizeof *rig);
    bench_begin(&rig->bench, kinds[which]);
    const struct rs_bus *bus = &rig->bench.bus;
    const struct rs_clock *clock = &rig->bench.clock;
    for (size_t i = 0; i < sizeof rig->config; i++) {
        rig->config[i] = (uint8_t)(i * 7u + (i >> 8));
    }
    rig->config[0] = 0xc8;
    switch (which) {
    case DSO32:
        rig->chip = rs_lsm6dso32(&rig->family.lsm6ds, bus, clock);
        break;
    case DSV32X:
        rig->chip = rs_lsm6dsv32x(&rig->family.lsm6ds, bus, clock);
        break;
    case ICM:
        rig->chip = rs_icm42688(&rig->family.icm42688, bus, clock);
        break;
    default:
        rig->chip = rs_bmi270(&rig->family.bmi270, rig->config, sizeof rig->config, bus, clock);
    }
    rig->last = -1;
    return rig;
}

static struct rs_sampler *sampler_of(struct rig *rig) {
    return &rig->family.lsm6ds.sampler; /* first in all of them */
}

static struct rs_setting setting(uint16_t rate_hz, uint8_t acc_range_g, uint16_t gyr_range_dps) {
    return (struct rs_setting){rate_hz, acc_range_g, gyr_range_dps};
}

static bool rig_start(struct rig *rig, struct rs_setting wanted) {
    rig->setting = rig->chip.driver->nearest(&rig->chip, wanted);
    return rig->chip.driver->start(&rig->chip, rig->setting);
}

static double period_us(const struct rig *rig) {
    return 1e9 / rig->chip.driver->scales(&rig->chip, rig->setting).rate_mhz;
}

static void look_at(struct rig *rig, const struct rs_batch *batch, const struct rs_sample *samples,
                    uint32_t settled) {
    const bool six = rig->setting.gyr_range_dps > 0;
    const int32_t first = bench_which(&samples[0], six, rig->last < 0 ? 0 : (uint32_t)rig->last);
    if (rig->batches > 0) {
        rig->flags |= batch->lost;
    }
    if (first >= 0) {
        const double error = (double)batch->first_us - rig->bench.true_us[first];
        if (rig->batches == 0) {
            rig->first_error_us = error;
        }
        if (rig->batches >= settled && fabs(error) > fabs(rig->worst_us)) {
            rig->worst_us = error;
        }
        if (rig->last >= 0 && first != rig->last + 1) {
            const double by_time =
                ((double)batch->first_us - (double)rig->last_us) / period_us(rig) * rig->bench.rate_error;
            rig->worst_gap = fmax(rig->worst_gap, fabs(by_time - (double)(first - rig->last)));
            rig->holes++;
            rig->unsaid += batch->lost == 0;
        }
    }
    rig->backwards += rig->got > 0 && batch->first_us <= rig->last_us;
    for (uint16_t i = 0; i < batch->count; i++) {
        const int32_t k = bench_which(&samples[i], six, rig->last < 0 ? 0 : (uint32_t)rig->last);
        rig->torn += k < 0 || (i > 0 && k != rig->last + 1); /* no hole inside a batch */
        rig->last = k < 0 ? rig->last + 1 : k;
    }
    rig->last_us = batch->first_us + (uint64_t)((batch->count - 1) * period_us(rig));
    rig->got += batch->count;
    rig->batches++;
}

/* Empties the chip; the last batch's flags, which came without samples. */
static uint8_t drain(struct rig *rig, uint16_t room, uint64_t interrupt_us, uint32_t settled) {
    static struct rs_sample samples[64];
    for (int i = 0; i < 1000; i++) {
        const struct rs_batch batch = rig->chip.driver->take(&rig->chip, samples, room, interrupt_us);
        CHECK(batch.count <= room);
        if (batch.count == 0) {
            return batch.lost;
        }
        look_at(rig, &batch, samples, settled);
        interrupt_us = 0;
    }
    CHECK(!"the FIFO never ends");
    return 0;
}

static void run(struct rig *rig, double seconds, double late_us, uint16_t room, uint32_t settled) {
    const double until = rig->bench.now_us + seconds * 1e6;
    while (rig->bench.now_us < until) {
        const uint64_t at = bench_interrupt(&rig->bench, 200000);
        bench_pass(&rig->bench, late_us * (bench_random(&rig->bench) & 0xff) / 255.0);
        drain(rig, room, at, settled);
    }
}

static void whole(const struct rig *rig, double seconds, double off_us) {
    const double due = seconds * 1e6 / period_us(rig);
    CHECK(rig->got > due * 0.9);
    CHECK(rig->holes == 0 && rig->torn == 0 && rig->backwards == 0);
    CHECK(rig->flags == 0);
    CHECK(fabs(rig->worst_us) < off_us);
}

static void test_every_rate_comes_whole_and_on_time(void) {
    static const uint16_t rates[] = {100, 200, 400, 800};
    double worst = 0, first = 0;
    for (int which = 0; which < CHIPS; which++) {
        for (size_t i = 0; i < 8; i++) {
            struct rig *rig = rig_of(which);
            CHECK(rig_start(rig, setting(rates[i % 4], 16, i < 4 ? 2000 : 0)));
            CHECK(rig->setting.rate_hz == rates[i % 4]);
            rig->bench.rate_error = 1.01;
            run(rig, 4, 300, 64, 25);
            whole(rig, 4, 60);
            CHECK(sampler_of(rig)->impossible == 0 && sampler_of(rig)->bus_errors == 0);
            worst = fmax(worst, fabs(rig->worst_us));
            first = fmax(first, fabs(rig->first_error_us));
            free(rig);
        }
    }
    printf("times: first batch within %.0f us, after the first second within %.0f us\n", first, worst);
}

static void test_the_clock_follows_an_oscillator_that_is_off_and_drifts(void) {
    double worst = 0;
    for (int which = 0; which < CHIPS; which++) {
        for (int sign = -1; sign <= 1; sign += 2) {
            struct rig *rig = rig_of(which);
            rig->bench.rate_error = 1 + 0.04 * sign;
            rig->bench.rate_drift = 2e-5 * sign; /* 20 ppm in a second: a chip put on warm skin */
            rig->bench.latency_us = 30;
            CHECK(rig_start(rig, setting(200, 16, 2000)));
            run(rig, 60, 300, 64, 25);
            whole(rig, 55, 100);
            worst = fmax(worst, fabs(rig->worst_us));
            free(rig);
        }
    }
    printf("times: oscillator 4 %% off, drifting 20 ppm a second: within %.0f us\n", worst);
}

static void test_a_late_reading_changes_nothing(void) {
    for (int which = 0; which < CHIPS; which++) {
        struct rig *rig = rig_of(which);
        CHECK(rig_start(rig, setting(800, 16, 2000)));
        run(rig, 4, 60000, 64, 25); /* up to 60 ms after the interrupt: less than the FIFO holds */
        whole(rig, 4, 60);
        free(rig);
    }
}

static void test_a_late_interrupt_moves_times_little(void) {
    struct rig *rig = rig_of(BMI);
    CHECK(rig_start(rig, setting(200, 16, 2000)));
    rig->bench.latency_us = 20;
    run(rig, 4, 300, 64, 25);
    for (int i = 0; i < 20; i++) {
        run(rig, 0.4, 300, 64, 25);
        rig->bench.latency_us = 3000; /* a busy handler, one in eleven times */
        run(rig, 0.03, 300, 64, 25);
        rig->bench.latency_us = 20;
    }
    whole(rig, 10, 250);
    free(rig);
}

static void test_without_an_interrupt_times_are_within_half_a_period(void) {
    for (int which = 0; which < CHIPS; which++) {
        struct rig *rig = rig_of(which);
        rig->bench.rate_error = 0.98;
        CHECK(rig_start(rig, setting(200, 16, 2000)));
        for (int i = 0; i < 400; i++) {
            bench_pass(&rig->bench, 20000 + (bench_random(&rig->bench) & 0xfff));
            drain(rig, 64, 0, 40);
        }
        whole(rig, 8, 2600);
        free(rig);
    }
}

static void test_a_small_room_gets_the_same_samples(void) {
    for (int which = 0; which < CHIPS; which++) {
        for (uint16_t room = 1; room <= 7; room += 2) {
            struct rig *rig = rig_of(which);
            CHECK(rig_start(rig, setting(400, 16, room == 5 ? 0 : 2000)));
            run(rig, 3, 300, room, 300);
            whole(rig, 3, 100);
            free(rig);
        }
    }
}

static void test_an_overflow_is_said_and_told_by_time(void) {
    for (int which = 0; which < CHIPS; which++) {
        struct rig *rig = rig_of(which);
        rig->bench.rate_error = 1.003;
        CHECK(rig_start(rig, setting(800, 16, 2000)));
        for (int i = 0; i < 5; i++) {
            run(rig, 1, 300, 64, 25);
            const uint64_t at = bench_interrupt(&rig->bench, 200000);
            bench_pass(&rig->bench, 400000 + 50000.0 * i); /* the FIFO holds 130 to 320 ms */
            drain(rig, 64, at, 25);
        }
        CHECK(rig->holes == 5 && rig->unsaid == 0 && rig->torn == 0 && rig->backwards == 0);
        CHECK((rig->flags & RS_OVERFLOW) != 0 && (rig->flags & (RS_BUS_ERROR | RS_GAP)) == 0);
        CHECK(rig->worst_gap < 0.7);
        CHECK(fabs(rig->worst_us) < 300);
        CHECK(sampler_of(rig)->overflows >= 5);
        free(rig);
    }
}

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

static void test_a_bus_error_is_said_and_nothing_wrong_comes(void) {
    for (int which = 0; which < CHIPS; which++) {
        for (uint32_t count = 1; count <= 4; count++) {
            for (uint32_t ahead = 1; ahead <= 6; ahead++) {
                struct rig *rig = rig_of(which);
                CHECK(rig_start(rig, setting(400, 16, 2000)));
                run(rig, 1, 300, 64, 25);
                rig->bench.fail_from = rig->bench.operations + ahead;
                rig->bench.fail_count = count;
                run(rig, 1, 300, 64, 25);
                CHECK(rig->torn == 0 && rig->unsaid == 0 && rig->backwards == 0);
                CHECK((rig->flags & RS_BUS_ERROR) != 0 && (rig->flags & ~(RS_BUS_ERROR | RS_OVERFLOW)) == 0);
                CHECK(sampler_of(rig)->bus_errors >= 1 && sampler_of(rig)->bus_errors <= count);
                CHECK(rig->worst_gap < 0.7);
                CHECK(fabs(rig->worst_us) < 200);
                CHECK(rig->last > 780);
                free(rig);
            }
        }
    }
}

static void test_a_dead_bus_is_an_error_and_a_new_start_mends_it(void) {
    static const int stuck[] = {0x00, 0xff};
    for (int which = 0; which < CHIPS; which++) {
        for (int i = 0; i < 2; i++) {
            struct rig *rig = rig_of(which);
            CHECK(rig_start(rig, setting(200, 16, 2000)));
            run(rig, 0.5, 300, 64, 100);
            rig->bench.stuck = stuck[i];
            const uint32_t before = rig->got;
            uint8_t said = 0;
            for (int j = 0; j < 40; j++) {
                bench_pass(&rig->bench, 40000);
                said |= drain(rig, 64, 0, 100);
            }
            CHECK(said == RS_BUS_ERROR);
            CHECK(rig->got == before);
            CHECK(!rig_start(rig, setting(200, 16, 2000)));
            rig->bench.stuck = -1;
            CHECK(rig_start(rig, setting(200, 16, 2000)));
            run(rig, 0.5, 300, 64, 100);
            CHECK(rig->got > before + 80 && rig->torn == 0 && rig->backwards == 0 && rig->unsaid == 0);
            CHECK((rig->flags & (RS_BUS_ERROR | RS_GAP)) != 0);
            free(rig);
        }
    }
}

static void test_a_chip_that_was_reset_is_missed(void) {
    for (int which = 0; which < CHIPS; which++) {
        struct rig *rig = rig_of(which);
        CHECK(rig_start(rig, setting(200, 16, 2000)));
        run(rig, 0.5, 300, 64, 100);
        rig->bench.kind->reset(&rig->bench);
        uint8_t said = 0;
        for (int j = 0; j < 20; j++) {
            bench_pass(&rig->bench, 40000);
            said |= drain(rig, 64, 0, 100);
        }
        CHECK(said == RS_BUS_ERROR);
        free(rig);
    }
}

static void test_impossible_values_are_left_out_counted_and_said(void) {
    static const struct {
        int which;
        uint32_t kind;
        uint16_t gyr_dps;
        bool harmless;
    } cases[] = {
        {DSO32, 0, 2000, true}, {DSO32, 1, 2000, false}, {DSO32, 2, 2000, false}, {DSV32X, 1, 0, true},
        {ICM, 0, 2000, false},  {ICM, 1, 2000, false},   {ICM, 0, 0, false},      {BMI, 0, 2000, true},
        {BMI, 1, 2000, false},  {BMI, 2, 2000, false},   {BMI, 3, 2000, false},   {BMI, 1, 0, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rig *rig = rig_of(cases[i].which);
        rig->bench.spoil_every = 37;
        rig->bench.spoil_kind = cases[i].kind;
        CHECK(rig_start(rig, setting(400, 16, cases[i].gyr_dps)));
        run(rig, 3, 300, 64, 25);
        CHECK(rig->torn == 0 && rig->unsaid == 0 && rig->backwards == 0);
        /* A hole among the very first samples may make the clock begin its line anew, which is a gap. */
        const uint8_t said = rig->flags & (uint8_t)~RS_GAP;
        CHECK(cases[i].harmless ? rig->holes == 0 && said == 0 : rig->holes > 20 && said == RS_BUS_ERROR);
        CHECK(cases[i].harmless || cases[i].kind == 2 || sampler_of(rig)->impossible > 20);
        CHECK(rig->worst_gap < 1);
        CHECK(fabs(rig->worst_us) < 60);
        free(rig);
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

static void test_noise_on_the_bus_does_no_harm(void) {
    static struct rs_sample samples[64];
    for (int which = 0; which < CHIPS; which++) {
        for (uint32_t seed = 1; seed <= 20; seed++) {
            struct rig *rig = rig_of(which);
            rig->bench.random = seed;
            CHECK(rig_start(rig, setting(800, 16, seed % 2 ? 2000 : 0)));
            uint64_t last_us = 0;
            for (int i = 0; i < 3000; i++) {
                rig->bench.noisy = (bench_random(&rig->bench) & 3u) != 0;
                bench_pass(&rig->bench, bench_random(&rig->bench) & 0xffff);
                const uint16_t room = (uint16_t)(1u + (bench_random(&rig->bench) & 0x3fu));
                const uint64_t at = (uint64_t)rig->bench.now_us - (bench_random(&rig->bench) & 0xfffu);
                const struct rs_batch batch = rig->chip.driver->take(&rig->chip, samples, room,
                                                                     bench_random(&rig->bench) & 1u ? at : 0);
                CHECK(batch.count <= room && (batch.lost & ~(RS_OVERFLOW | RS_BUS_ERROR | RS_GAP)) == 0);
                CHECK(batch.count == 0 || batch.first_us > last_us);
                last_us = batch.count > 0 ? batch.first_us : last_us;
            }
            free(rig);
        }
    }
}

static void test_a_unit_cut_short_is_no_sample(void) {
    static const uint8_t heads[CHIPS][4] = {
        {0x10, 0x08}, {0x10, 0x08}, {0x68, 0x40}, {0x8c, 0x40, 0x44, 0x48}};
    for (int which = 0; which < CHIPS; which++) {
        struct rig *rig = rig_of(which);
        CHECK(rig_start(rig, setting(200, 16, 2000)));
        for (int i = 0; i < 4 && heads[which][i] != 0; i++) {
            struct rs_unit unit = {0};
            const enum rs_found found =
                sampler_of(rig)->fifo->decode(&rig->family, &heads[which][i], 1, &unit);
            CHECK(found == (which == BMI ? RS_CUT : RS_BROKEN));
        }
        free(rig);
    }
}

int main(void) {
    test_every_rate_comes_whole_and_on_time();
    test_the_clock_follows_an_oscillator_that_is_off_and_drifts();
    test_a_late_reading_changes_nothing();
    test_a_late_interrupt_moves_times_little();
    test_without_an_interrupt_times_are_within_half_a_period();
    test_a_small_room_gets_the_same_samples();
    test_an_overflow_is_said_and_told_by_time();
    test_a_setting_is_the_nearest_that_the_chip_has();
    test_ranges_reach_the_right_registers();
    test_another_chip_is_not_taken();
    test_a_start_that_fails_anywhere_can_be_tried_again();
    test_a_bus_error_is_said_and_nothing_wrong_comes();
    test_a_dead_bus_is_an_error_and_a_new_start_mends_it();
    test_a_chip_that_was_reset_is_missed();
    test_impossible_values_are_left_out_counted_and_said();
    test_the_configuration_is_loaded_byte_for_byte();
    test_a_stopped_chip_gives_nothing_and_starts_again();
    test_noise_on_the_bus_does_no_harm();
    test_a_unit_cut_short_is_no_sample();
    return checks_failed ? 1 : 0;
}

/* What the bus, the chip and its FIFO may do wrong: said, counted, and no wrong sample. */
#include "check.h"
#include "rig.h"

#include <math.h>
#include <stdlib.h>

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
        const bool half_frames = cases[i].which == BMI && cases[i].kind == 3;
        struct rig *rig = rig_of(cases[i].which);
        rig->bench.spoil_every = 37;
        rig->bench.spoil_kind = cases[i].kind;
        CHECK(rig_start(rig, setting(400, 16, cases[i].gyr_dps)));
        run(rig, 1, 300, 64, 25);
        /* Half a frame is the only hole that the interrupt counts wrongly; before the clock has seen enough interrupts to
         * tell, it may begin its line anew, which is a gap. */
        const uint8_t early = rig->flags & (uint8_t)~(half_frames ? RS_GAP : 0);
        const uint8_t due = cases[i].harmless ? 0 : RS_BUS_ERROR;
        CHECK(early == due);
        rig->flags = 0;
        run(rig, 2, 300, 64, 25);
        CHECK(rig->flags == due);
        CHECK(rig->torn == 0 && rig->unsaid == 0 && rig->backwards == 0);
        CHECK(cases[i].harmless ? rig->holes == 0 : rig->holes > 20);
        CHECK(cases[i].harmless || cases[i].kind == 2 || sampler_of(rig)->impossible > 20);
        CHECK(rig->worst_gap < 1);
        CHECK(fabs(rig->worst_us) < 60);
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

/* A BMI270 without a value gives the lowest count on all three axes; on one or two it is a hard strike. */
static void test_the_end_of_the_range_on_some_axes_is_a_sample(void) {
    struct rig *rig = rig_of(BMI);
    CHECK(rig_start(rig, setting(200, 16, 0)));
    for (unsigned lowest = 0; lowest < 8; lowest++) { /* a bit for each axis */
        uint8_t frame[7] = {0x84};
        struct rs_unit unit = {0};
        for (unsigned axis = 0; axis < 3; axis++) {
            frame[2 + 2 * axis] = (uint8_t)((lowest >> axis & 1u) * 0x80u);
        }
        const enum rs_found found = sampler_of(rig)->fifo->decode(&rig->family, frame, sizeof frame, &unit);
        CHECK(found == (lowest == 7 ? RS_HOLE : RS_SAMPLE));
    }
    free(rig);
}

int main(void) {
    test_a_bus_error_is_said_and_nothing_wrong_comes();
    test_a_dead_bus_is_an_error_and_a_new_start_mends_it();
    test_a_chip_that_was_reset_is_missed();
    test_impossible_values_are_left_out_counted_and_said();
    test_noise_on_the_bus_does_no_harm();
    test_a_unit_cut_short_is_no_sample();
    test_the_end_of_the_range_on_some_axes_is_a_sample();
    return checks_failed ? 1 : 0;
}

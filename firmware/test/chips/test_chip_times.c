/* Samples of every chip come whole, and when they were taken. */
#include "check.h"
#include "rig.h"

#include <math.h>
#include <stdlib.h>

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

static void test_an_interrupt_from_the_future_is_not_believed(void) {
    for (int which = 0; which < CHIPS; which++) {
        struct rig *rig = rig_of(which);
        CHECK(rig_start(rig, setting(200, 16, 2000)));
        for (int i = 0; i < 100; i++) {
            const uint64_t at = bench_interrupt(&rig->bench, 200000);
            drain(rig, 64, i < 50 ? at : at + 20000, 25);
        }
        whole(rig, 3, 300);
        free(rig);
    }
}

static bool (*plain_read)(void *board, uint8_t reg, uint8_t *bytes, size_t count);

/* A task that is held up between asking for the level and having it. */
static bool read_levels_late(void *board, uint8_t reg, uint8_t *bytes, size_t count) {
    const bool read = plain_read(board, reg, bytes, count);
    if (count <= 3) {
        bench_pass(board, 6000);
    }
    return read;
}

static void test_a_level_that_took_long_tells_no_time(void) {
    for (int which = 0; which < CHIPS; which++) {
        struct rig *rig = rig_of(which);
        CHECK(rig_start(rig, setting(100, 16, 2000)));
        run(rig, 4, 300, 64, 25);
        plain_read = rig->bench.bus.read;
        rig->bench.bus.read = read_levels_late;
        for (int i = 0; i < 50; i++) {
            bench_pass(&rig->bench, 20000);
            drain(rig, 64, 0, 25);
        }
        whole(rig, 5, 300);
        free(rig);
    }
}

static void test_a_room_beyond_every_burst_is_filled_by_many(void) {
    for (int which = 0; which < CHIPS; which++) {
        static struct rs_sample samples[300];
        struct rig *rig = rig_of(which);
        CHECK(rig_start(rig, setting(200, 16, 2000)));
        bench_pass(&rig->bench, 200000);
        const struct rs_batch batch = rig->chip.driver->take(&rig->chip, samples, 300, 0);
        CHECK(batch.count >= 38 && batch.count <= 50); /* more than the 36 of one burst at most */
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
    test_an_interrupt_from_the_future_is_not_believed();
    test_a_level_that_took_long_tells_no_time();
    test_a_room_beyond_every_burst_is_filled_by_many();
    return checks_failed ? 1 : 0;
}

/* Cadence of made-up feet whose cadence is known. */
#include "check.h"
#include "rsc.h"

#include <math.h>
#include <string.h>

static const struct rs_scales scales = {208000, 20491803, 142857};

static double pulse(double since_s, double width_s) { return exp(-0.5 * pow(since_s / width_s, 2)); }

/* Resting weight, an impact with every step, at the shank of this leg much more than of the other one. */
static double size_g(enum rs_place place, double at_s, double step_s) {
    const double phase = fmod(at_s, 2 * step_s);
    const double own = pulse(phase - 0.15, 0.02), other = pulse(phase - 0.15 - step_s, 0.02);
    const double swing = 1 - cos(2 * 3.14159265 * at_s / (2 * step_s));
    return place == RS_PELVIS ? 1 + 2 * own + 1.6 * other : 1 + 6 * own + 0.5 * other + swing;
}

static void feed(struct rs_rsc *rsc, enum rs_place place, struct rs_scales as, double from_s, double seconds,
                 double steps_per_min) {
    const double rate_hz = as.rate_mhz / 1000.0;
    uint32_t noise = 1;
    for (double at = from_s; at < from_s + seconds; at += 1 / rate_hz) {
        noise = noise * 1664525u + 1013904223u;
        const double jitter = ((noise >> 16) / 65536.0 - 0.5) * 0.2;
        const double g =
            steps_per_min > 0 ? size_g(place, at, 60 / steps_per_min) + jitter : 1 + 0.1 * jitter;
        const double counts = g * as.acc_scale / 1e4;
        const struct rs_sample sample = {.acc = {(int16_t)(0.6 * counts), (int16_t)(-0.8 * counts), 0}};
        rs_rsc_add(rsc, &sample, 1, 0);
    }
}

static void test_cadence_is_told_within_one_step_a_minute(void) {
    static const uint32_t rates[] = {100000, 104000, 208000, 417000, 500000, 833000, 1000000};
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        for (int place = RS_PELVIS; place <= RS_SHANK; place++) {
            for (int cadence = 90; cadence <= 220; cadence += 10) {
                const struct rs_scales as = {rates[i], scales.acc_scale, 0};
                struct rs_rsc rsc;
                rs_rsc_begin(&rsc, (enum rs_place)place, as);
                feed(&rsc, (enum rs_place)place, as, 0, 8, cadence);
                const struct rs_cadence told = rs_rsc_cadence(&rsc);
                CHECK(told.steps_per_min >= cadence - 1 && told.steps_per_min <= cadence + 1);
                CHECK(told.running == (told.steps_per_min >= 140));
            }
        }
    }
}

static void test_nothing_is_told_before_four_seconds_at_rest_or_after_a_loss(void) {
    struct rs_rsc rsc;
    const struct rs_sample one = {.acc = {100, 100, 100}};
    rs_rsc_begin(&rsc, RS_PELVIS, scales);
    CHECK(rs_rsc_cadence(&rsc).steps_per_min == 0);
    feed(&rsc, RS_PELVIS, scales, 0, 3, 170);
    CHECK(rs_rsc_cadence(&rsc).steps_per_min == 0);
    feed(&rsc, RS_PELVIS, scales, 3, 3, 170);
    CHECK(rs_rsc_cadence(&rsc).steps_per_min >= 169);
    rs_rsc_add(&rsc, &one, 1, RS_OVERFLOW);
    CHECK(rs_rsc_cadence(&rsc).steps_per_min == 0);
    feed(&rsc, RS_PELVIS, scales, 0, 8, 170);
    feed(&rsc, RS_PELVIS, scales, 8, 8, 0);
    CHECK(rs_rsc_cadence(&rsc).steps_per_min == 0 && !rs_rsc_cadence(&rsc).running);
}

static void test_a_change_is_followed_within_eight_seconds(void) {
    struct rs_rsc rsc;
    rs_rsc_begin(&rsc, RS_SHANK, scales);
    feed(&rsc, RS_SHANK, scales, 0, 10, 160);
    feed(&rsc, RS_SHANK, scales, 0, 8, 180);
    const struct rs_cadence told = rs_rsc_cadence(&rsc);
    CHECK(told.steps_per_min >= 179 && told.steps_per_min <= 181);
}

static void test_the_largest_counts_do_no_harm(void) {
    struct rs_rsc rsc;
    const struct rs_sample least = {.acc = {INT16_MIN, INT16_MIN, INT16_MIN}}, none = {.acc = {0, 0, 0}};
    const struct rs_scales as = {100000, 1, 0};
    rs_rsc_begin(&rsc, RS_PELVIS, as);
    for (int i = 0; i < 5000; i++) {
        rs_rsc_add(&rsc, i / 10 % 3 ? &none : &least, 1, 0);
    }
    (void)rs_rsc_cadence(&rsc);
    rs_rsc_begin(&rsc, RS_PELVIS, (struct rs_scales){0});
    for (int i = 0; i < 1000; i++) {
        rs_rsc_add(&rsc, i % 25 ? &none : &least, 1, 0);
    }
    CHECK(rs_rsc_cadence(&rsc).steps_per_min == 0);
}

static void test_the_measurement_is_four_bytes_as_the_standard_says(void) {
    uint8_t out[RS_RSC_BYTES];
    const uint8_t running[] = {0x04, 0, 0, 172}, walking[] = {0, 0, 0, 110};
    rs_rsc_encode(out, (struct rs_cadence){172, true});
    CHECK(memcmp(out, running, sizeof out) == 0);
    rs_rsc_encode(out, (struct rs_cadence){110, false});
    CHECK(memcmp(out, walking, sizeof out) == 0);
}

static void test_a_slow_chip_waits_until_it_has_seen_enough(void) {
    static const struct rs_scales slow = {25000, 20491803, 0};
    struct rs_rsc rsc;
    rs_rsc_begin(&rsc, RS_PELVIS, slow);
    feed(&rsc, RS_PELVIS, slow, 0, 5, 160);
    CHECK(rs_rsc_cadence(&rsc).steps_per_min == 0); /* four seconds, but few values */
    feed(&rsc, RS_PELVIS, slow, 5, 5, 160);
    CHECK(rs_rsc_cadence(&rsc).steps_per_min >= 150);
}

int main(void) {
    test_cadence_is_told_within_one_step_a_minute();
    test_nothing_is_told_before_four_seconds_at_rest_or_after_a_loss();
    test_a_change_is_followed_within_eight_seconds();
    test_a_slow_chip_waits_until_it_has_seen_enough();
    test_the_largest_counts_do_no_harm();
    test_the_measurement_is_four_bytes_as_the_standard_says();
    return checks_failed ? 1 : 0;
}

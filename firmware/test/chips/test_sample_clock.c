/* The sample clock alone, at its edges; in use it is seen in test_chips. */
#include "check.h"
#include "sample_clock.h"

static struct rs_sample_clock at_200_hz(int moments) {
    struct rs_sample_clock clock;
    rs_sample_clock_begin(&clock, 200000);
    for (int i = 0; i < moments; i++) {
        CHECK(!rs_sample_clock_seen(&clock, 7, 1000000u + 40000u * (uint64_t)i));
        (void)rs_sample_clock_give(&clock, 8);
    }
    return clock;
}

static void test_the_first_moment_sets_the_time(void) {
    struct rs_sample_clock clock = at_200_hz(0);
    CHECK(!rs_sample_clock_seen(&clock, 7, 1000000));
    CHECK(rs_sample_clock_give(&clock, 8) == 965000);
    CHECK(rs_sample_clock_give(&clock, 1) == 1005000);
}

static void test_a_loss_before_any_moment_sets_the_time_too(void) {
    struct rs_sample_clock clock = at_200_hz(0);
    CHECK(rs_sample_clock_lost(&clock, 0, 1000000) == 0);
    CHECK(rs_sample_clock_give(&clock, 1) == 997500); /* half a period old */
}

static void test_a_loss_is_whole_periods(void) {
    struct rs_sample_clock clock = at_200_hz(20);
    CHECK(rs_sample_clock_lost(&clock, 7, 1802000) == 0); /* nothing is missing */
    CHECK(rs_sample_clock_lost(&clock, 7, 1800000 + 50000 + 3000) == 10);
    CHECK(rs_sample_clock_give(&clock, 1) == 1765000 + 50000);
}

static void test_a_fourth_contradiction_begins_a_new_line(void) {
    for (int sign = -1; sign <= 1; sign += 2) {
        struct rs_sample_clock clock = at_200_hz(20);
        const uint64_t off = sign < 0 ? 1800000u - 4000u : 1800000u + 4000u;
        for (int i = 0; i < 3; i++) {
            CHECK(!rs_sample_clock_seen(&clock, 7, off));
        }
        CHECK(rs_sample_clock_seen(&clock, 7, off));
        const uint64_t first = rs_sample_clock_give(&clock, 1);
        CHECK(first == (sign < 0 ? 1761000u : 1769000u));
    }
}

static void test_levels_alone_may_begin_a_new_line_but_not_move_one(void) {
    struct rs_sample_clock clock = at_200_hz(20);
    const struct rs_sample_clock before = clock;
    CHECK(!rs_sample_clock_newest(&clock, 0, 1771000, 1771010)); /* a little later than the line has it */
    CHECK(clock.next_q16 == before.next_q16 && clock.astray == 0);
    for (int i = 0; i < 3; i++) {
        CHECK(!rs_sample_clock_newest(&clock, 0, 1790000, 1790010));
    }
    CHECK(rs_sample_clock_newest(&clock, 0, 1790000, 1790010));
    CHECK(rs_sample_clock_give(&clock, 1) == 1785000);
}

static void test_times_never_fall_back(void) {
    struct rs_sample_clock clock = at_200_hz(1);
    const uint64_t last = clock.given_us;
    CHECK(!rs_sample_clock_newest(&clock, 0, 900000, 900010)); /* a level from the past */
    CHECK(rs_sample_clock_give(&clock, 3) == last + 1);
    CHECK(clock.given_us > last);
    rs_sample_clock_begin(&clock, 0); /* no rate: no harm */
    CHECK(rs_sample_clock_give(&clock, 1) > 0);
}

static void test_the_period_stays_near_what_the_chip_promises(void) {
    for (int sign = -1; sign <= 1; sign += 2) {
        struct rs_sample_clock clock = at_200_hz(0);
        uint64_t at_us = 1000000;
        for (int i = 0; i < 50; i++) { /* a clock a fifth off is none of this chip's */
            (void)rs_sample_clock_seen(&clock, 0, at_us);
            (void)rs_sample_clock_give(&clock, 1);
            at_us += sign < 0 ? 4000 : 6000;
        }
        CHECK(clock.period_q16 >= clock.nominal_q16 * 7 / 8 && clock.period_q16 <= clock.nominal_q16 * 9 / 8);
    }
}

static void test_two_moments_of_one_sample_say_nothing_of_the_period(void) {
    struct rs_sample_clock clock = at_200_hz(3);
    CHECK(!rs_sample_clock_seen(&clock, 7, 1120000));
    const int64_t period = clock.period_q16;
    CHECK(!rs_sample_clock_seen(&clock, 7, 1120900));
    CHECK(clock.period_q16 == period && rs_sample_clock_give(&clock, 8) > 1085000); /* but of when it was */
}

int main(void) {
    test_the_first_moment_sets_the_time();
    test_a_loss_before_any_moment_sets_the_time_too();
    test_a_loss_is_whole_periods();
    test_a_fourth_contradiction_begins_a_new_line();
    test_levels_alone_may_begin_a_new_line_but_not_move_one();
    test_two_moments_of_one_sample_say_nothing_of_the_period();
    test_times_never_fall_back();
    test_the_period_stays_near_what_the_chip_promises();
    return checks_failed ? 1 : 0;
}

#include "sample_clock.h"

#define MOMENTS_KEPT 64u /* at 25 interrupts a second: two and a half seconds of memory */
#define TRUSTED_FROM 8u  /* moments after which a single one may no longer move the line as it likes */
#define ASTRAY_LIMIT 4u
#define TOLERANCE    8 /* period within an eighth of the nominal one; chips promise a tenth at worst */
#define LATE_SHARE                                                                                           \
    16 /* of a period: more than that is an interrupt that waited, and counts as just that much */

static int64_t q16(uint64_t us) { return (int64_t)(us << 16); }

static int64_t limited(int64_t value, int64_t limit) {
    if (value > limit) {
        return limit;
    }
    return value < -limit ? -limit : value;
}

void rs_sample_clock_begin(struct rs_sample_clock *clock, uint32_t rate_mhz) {
    const int64_t nominal = (int64_t)((UINT64_C(1000000000) << 16) / (rate_mhz ? rate_mhz : 1u));
    *clock = (struct rs_sample_clock){.period_q16 = nominal, .nominal_q16 = nominal};
}

static int64_t expected(const struct rs_sample_clock *clock, uint32_t ahead) {
    return clock->next_q16 + clock->period_q16 * (int64_t)ahead;
}

/* Least squares over all moments so far, and from 64 on over as many with older ones fading: the classic
 * gains of the growing-memory filter of first degree, 2(2n-1)/(n(n+1)) for the phase and 6/(n(n+1)) for
 * the slope. */
static void follow(struct rs_sample_clock *clock, int64_t error, uint32_t ahead) {
    const int64_t n = clock->moments;
    const int64_t at = expected(clock, ahead) + error * (2 * (2 * n - 1)) / (n * (n + 1));
    const int64_t samples = (int64_t)clock->since + (int64_t)ahead; /* since the last moment */
    if (samples > 0) {
        const int64_t period = clock->period_q16 + error * 6 / (n * (n + 1)) / samples;
        const int64_t bound = clock->nominal_q16 / TOLERANCE;
        clock->period_q16 = clock->nominal_q16 + limited(period - clock->nominal_q16, bound);
    }
    clock->next_q16 = at - clock->period_q16 * (int64_t)ahead;
    clock->since = -(int32_t)ahead;
}

/* The line begins anew at one moment; what was learned of the period stays. */
static void begin_line(struct rs_sample_clock *clock, int64_t error, uint32_t ahead) {
    clock->next_q16 += error;
    clock->moments = 1;
    clock->astray = 0;
    clock->since = -(int32_t)ahead;
}

/* Half a period off is another sample: one was lost or doubled unnoticed, or something else was counted.
 * But while the period is only the chip's promise, it may be off by its tolerance since the moment before. */
static bool is_far(const struct rs_sample_clock *clock, int64_t error, uint32_t ahead) {
    const int64_t samples = (int64_t)clock->since + (int64_t)ahead;
    int64_t most = clock->period_q16 / 2;
    if (clock->moments == 1 && clock->period_q16 * samples / TOLERANCE > most) {
        most = clock->period_q16 * samples / TOLERANCE;
    }
    return error > most || error < -most;
}

/* Counts a moment that is far off: one alone says nothing, some in a row begin a line of their own. */
static bool stray(struct rs_sample_clock *clock, int64_t error, uint32_t ahead) {
    clock->astray++;
    if (clock->astray < ASTRAY_LIMIT) {
        return false;
    }
    begin_line(clock, error, ahead);
    return true;
}

bool rs_sample_clock_seen(struct rs_sample_clock *clock, uint32_t ahead, uint64_t at_us) {
    int64_t error = q16(at_us) - expected(clock, ahead);
    if (clock->moments == 0) {
        begin_line(clock, error, ahead);
        return false;
    }
    if (is_far(clock, error, ahead)) {
        return stray(clock, error, ahead);
    }
    clock->astray = 0;
    if (clock->moments < MOMENTS_KEPT) {
        clock->moments++;
    }
    if (clock->moments > TRUSTED_FROM) {
        error = limited(error, clock->period_q16 / LATE_SHARE);
    }
    follow(clock, error, ahead);
    return false;
}

bool rs_sample_clock_newest(struct rs_sample_clock *clock, uint32_t ahead, uint64_t from_us, uint64_t to_us) {
    const int64_t at = expected(clock, ahead);
    const int64_t latest = q16(to_us), earliest = q16(from_us) - clock->period_q16;
    if (clock->moments == 0) {
        begin_line(clock, (earliest + q16(from_us)) / 2 - at, ahead);
        return false;
    }
    const int64_t error = at > latest ? latest - at : at < earliest ? earliest - at : 0;
    if (clock->moments > TRUSTED_FROM) { /* interrupts know better */
        return is_far(clock, error, ahead) && stray(clock, error, ahead);
    }
    const int64_t samples = (int64_t)clock->since + (int64_t)ahead;
    if (error != 0 && samples > 0) {
        /* The bound was crossed since the moment before: the period is off by that much at least. A
         * quarter of it, so that the period settles. */
        const int64_t bound = clock->nominal_q16 / TOLERANCE;
        const int64_t period = clock->period_q16 + error / samples / 4;
        clock->period_q16 = clock->nominal_q16 + limited(period - clock->nominal_q16, bound);
        clock->next_q16 = at + error - clock->period_q16 * (int64_t)ahead;
        clock->since = -(int32_t)ahead;
    }
    return false;
}

uint32_t rs_sample_clock_lost(struct rs_sample_clock *clock, uint32_t ahead, uint64_t at_us) {
    /* On average the newest sample is half a period old. */
    const int64_t late = q16(at_us) - clock->period_q16 / 2 - expected(clock, ahead);
    if (clock->moments == 0) {
        clock->next_q16 += late;
        return 0;
    }
    if (late <= clock->period_q16 / 2) {
        return 0;
    }
    const uint32_t lost = (uint32_t)((late + clock->period_q16 / 2) / clock->period_q16);
    rs_sample_clock_skip(clock, lost);
    return lost;
}

void rs_sample_clock_skip(struct rs_sample_clock *clock, uint32_t count) {
    clock->next_q16 += clock->period_q16 * (int64_t)count;
    clock->since += (int32_t)count;
}

uint64_t rs_sample_clock_give(struct rs_sample_clock *clock, uint32_t count) {
    uint64_t first = clock->next_q16 > 0 ? (uint64_t)clock->next_q16 >> 16 : 0;
    if (first <= clock->given_us) {
        first = clock->given_us + 1u;
    }
    rs_sample_clock_skip(clock, count);
    const uint64_t last = (uint64_t)(clock->period_q16 * (int64_t)(count - 1u)) >> 16;
    clock->given_us = first + last;
    return first;
}

#include "rsc.h"

#include "bytes.h"

#define THINNED_MHZ 50000u
#define SLOWEST_MHZ 20000u /* fewer values a second show no steps */
#define ENOUGH_S    4u     /* of values, before anything is told */
#define STILL_VARIANCE                                                                                       \
    5625 /* (150 mg)², in 2 mg: a hand that holds the sensor does more only when it shakes it */
#define LIKENESS_MIN 400 /* of 1024; feet on a road repeat themselves to more than 600 */
#define AS_GOOD                                                                                              \
    720 /* of 1024: a shorter period that is about as good is the period, the longer one its double */
#define REPETITIONS    3u
#define RUNNING_FROM   140u /* steps a minute */
#define STATUS_RUNNING 0x04u
#define FINE           256 /* parts of a lag */

/* Milliseconds: 80 to 240 steps a minute. */
static const uint16_t shortest_ms[] = {[RS_PELVIS] = 250, [RS_SHANK] = 500};
static const uint16_t longest_ms[] = {[RS_PELVIS] = 750, [RS_SHANK] = 1500};

void rs_rsc_begin(struct rs_rsc *rsc, enum rs_place place, struct rs_scales scales) {
    const uint32_t thinning = (scales.rate_mhz + THINNED_MHZ / 2u) / THINNED_MHZ;
    *rsc = (struct rs_rsc){.place = place, .acc_scale = scales.acc_scale > 0 ? scales.acc_scale : 1u};
    rsc->thinning = (uint16_t)(thinning > 0 ? thinning : 1u);
    rsc->rate_mhz = scales.rate_mhz / rsc->thinning;
}

/* Digit by digit, in binary. */
static uint32_t root(uint32_t square) {
    uint32_t found = 0;
    for (uint32_t bit = 1u << 30; bit > 0; bit >>= 2) {
        if (square >= found + bit) {
            square -= found + bit;
            found = (found >> 1) + bit;
        } else {
            found >>= 1;
        }
    }
    return found;
}

static uint32_t size_of(const struct rs_sample *sample) {
    uint32_t squares = 0;
    for (int i = 0; i < 3; i++) {
        const int32_t axis = sample->acc[i];
        squares += (uint32_t)(axis * axis); /* three times 2^30 at most */
    }
    return root(squares);
}

static void keep(struct rs_rsc *rsc) {
    const uint64_t counts = (uint64_t)rsc->sum * 10000u / rsc->summed; /* in ten-thousandths, as the scale */
    const uint64_t value = counts * 500u / rsc->acc_scale;
    rsc->values[rsc->at] = (int16_t)(value < INT16_MAX ? value : INT16_MAX);
    rsc->at = (uint16_t)((rsc->at + 1u) % RS_RSC_KEPT);
    rsc->count = (uint16_t)(rsc->count < RS_RSC_KEPT ? rsc->count + 1u : RS_RSC_KEPT);
    rsc->sum = 0;
    rsc->summed = 0;
}

void rs_rsc_add(struct rs_rsc *rsc, const struct rs_sample *samples, uint16_t count, uint8_t lost) {
    if (lost != 0) {
        rsc->sum = 0;
        rsc->summed = 0;
        rsc->count = 0;
    }
    for (uint16_t i = 0; i < count; i++) {
        rsc->sum += size_of(&samples[i]);
        rsc->summed++;
        if (rsc->summed == rsc->thinning) {
            keep(rsc);
        }
    }
}

/* The oldest value is number 0. */
static int32_t value_at(const struct rs_rsc *rsc, uint32_t number) {
    return rsc->values[(rsc->at + RS_RSC_KEPT - rsc->count + number) % RS_RSC_KEPT];
}

static int64_t covariance(const struct rs_rsc *rsc, uint32_t lag, int32_t mean) {
    int64_t sum = 0;
    for (uint32_t i = 0; i + lag < rsc->count; i++) {
        sum += (int64_t)(value_at(rsc, i) - mean) * (value_at(rsc, i + lag) - mean);
    }
    return sum / (int64_t)(rsc->count - lag);
}

static int32_t mean_of(const struct rs_rsc *rsc) {
    int32_t sum = 0;
    for (uint32_t i = 0; i < rsc->count; i++) {
        sum += value_at(rsc, i);
    }
    return sum / (int32_t)rsc->count;
}

/* Where a parabola through three likenesses has its top, in parts of a lag from the middle one. */
static int32_t top_of(int64_t before, int64_t middle, int64_t after) {
    const int64_t bend = before - 2 * middle + after;
    return bend < 0 ? (int32_t)((before - after) * FINE / (2 * bend)) : 0;
}

/* The shortest lag at which the values repeat themselves, or 0. */
static uint32_t base_lag(const struct rs_rsc *rsc, int32_t mean, int64_t variance) {
    const uint32_t shortest = (uint32_t)((uint64_t)rsc->rate_mhz * shortest_ms[rsc->place] / 1000000u);
    const uint32_t longest = (uint32_t)((uint64_t)rsc->rate_mhz * longest_ms[rsc->place] / 1000000u);
    uint32_t lag_found = 0;
    int64_t best = variance * LIKENESS_MIN / 1024;
    int64_t before = covariance(rsc, shortest - 1u, mean), middle = covariance(rsc, shortest, mean);
    for (uint32_t lag = shortest; lag <= longest; lag++) {
        const int64_t after = covariance(rsc, lag + 1u, mean);
        const bool peak = middle >= before && middle > after;
        if (peak && middle > best && (lag_found == 0 || middle * AS_GOOD / 1024 > best)) {
            best = middle;
            lag_found = lag;
        }
        before = middle;
        middle = after;
    }
    return lag_found;
}

/* The lag in parts, made finer at its repetitions as far as they lie in the values. */
static uint32_t fine_lag(const struct rs_rsc *rsc, int32_t mean, uint32_t lag) {
    uint32_t fine = lag * FINE;
    for (uint32_t times = 1; times <= REPETITIONS && times * lag + 4u < rsc->count / 2u; times++) {
        uint32_t top = (fine * times + FINE / 2u) / FINE;
        for (uint32_t near = top - 2u; near <= top + 2u; near++) {
            top = covariance(rsc, near, mean) > covariance(rsc, top, mean) ? near : top;
        }
        const int32_t part = top_of(covariance(rsc, top - 1u, mean), covariance(rsc, top, mean),
                                    covariance(rsc, top + 1u, mean));
        fine = (uint32_t)((int32_t)(top * FINE) + part) / times;
    }
    return fine;
}

struct rs_cadence rs_rsc_cadence(const struct rs_rsc *rsc) {
    if (rsc->rate_mhz < SLOWEST_MHZ || (uint64_t)rsc->count * 1000u < (uint64_t)rsc->rate_mhz * ENOUGH_S ||
        rsc->count < RS_RSC_KEPT / 2u) {
        return (struct rs_cadence){0};
    }
    const int32_t mean = mean_of(rsc);
    const int64_t variance = covariance(rsc, 0, mean);
    const uint32_t lag = variance > STILL_VARIANCE ? base_lag(rsc, mean, variance) : 0;
    if (lag == 0) {
        return (struct rs_cadence){0};
    }
    const uint32_t steps = rsc->place == RS_SHANK ? 2u : 1u;
    const uint64_t fine = (uint64_t)fine_lag(rsc, mean, lag) * 1000u;
    const uint64_t per_min = ((uint64_t)steps * 60u * FINE * rsc->rate_mhz + fine / 2u) / fine;
    const uint8_t told = (uint8_t)(per_min < UINT8_MAX ? per_min : UINT8_MAX);
    return (struct rs_cadence){.steps_per_min = told, .running = told >= RUNNING_FROM};
}

void rs_rsc_encode(uint8_t out[RS_RSC_BYTES], struct rs_cadence cadence) {
    out[0] = cadence.running ? STATUS_RUNNING : 0u;
    rs_put_u16(out + 1, 0);
    out[3] = cadence.steps_per_min;
}

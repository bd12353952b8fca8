/* When samples were taken, on the sensor's own clock.
 *
 * A chip counts its samples by an oscillator that is a few per cent off and wanders with temperature. What
 * the sensor knows are moments: the interrupt as the FIFO reached its watermark, or how full it was at a
 * reading. A straight line through the last 64 of them, older ones fading, gives phase and period; every
 * sample's time lies on that line, so the jitter of interrupts does not reach the data. A late interrupt
 * moves the line little, a late reading not at all. */
#ifndef RS_SAMPLE_CLOCK_H
#define RS_SAMPLE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct rs_sample_clock {
    int64_t next_q16;    /* time of the next sample, µs in 16.16 and upwards: good for four years */
    int64_t period_q16;  /* as estimated */
    int64_t nominal_q16; /* as the chip is set */
    uint64_t given_us;   /* of the last sample that was given out; times never fall back behind it */
    int32_t
        since; /* samples from the one last seen to the next one; negative where that one is still to come */
    uint8_t moments; /* seen, up to 64 */
    uint8_t astray;  /* moments in a row that were off by more than half a period */
};

/* Nothing seen yet; `rate_mhz` in thousandths of a Hz. */
void rs_sample_clock_begin(struct rs_sample_clock *clock, uint32_t rate_mhz);

/* The sample `ahead` of the next one (0: the next itself) was taken at `at_us`. True where this
 * contradicts the line for the fourth time in a row and the line was given up: the samples to come do not
 * follow the ones before. */
bool rs_sample_clock_seen(struct rs_sample_clock *clock, uint32_t ahead, uint64_t at_us);

/* The sample `ahead` was the newest that had been taken at some time from `from_us` to `to_us`. As `seen`,
 * only weaker. */
bool rs_sample_clock_newest(struct rs_sample_clock *clock, uint32_t ahead, uint64_t from_us, uint64_t to_us);

/* Samples before the next one are lost, nobody counted them; now the sample `ahead` is the newest at
 * `at_us`. The line goes on by whole periods, so the times after the hole stand in step with those before.
 * Returns how many were lost. */
uint32_t rs_sample_clock_lost(struct rs_sample_clock *clock, uint32_t ahead, uint64_t at_us);

/* Passes over `count` samples that are not given out. */
void rs_sample_clock_skip(struct rs_sample_clock *clock, uint32_t count);

/* Gives out `count` samples, one or more: the time of the first, in µs. */
uint64_t rs_sample_clock_give(struct rs_sample_clock *clock, uint32_t count);

#endif

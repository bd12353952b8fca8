/* Cadence on the sensor itself, for watches: the measurement of the Running Speed and Cadence Service (2A53).
 *
 * The size of the acceleration, thinned to about 50 a second, is compared with itself shifted: it repeats
 * with every step at the pelvis and with every stride at a shank. The period is read at its third
 * repetition, so 20 ms between values become a few milliseconds. Six seconds are looked at; what is told
 * lags by three. Speed is not measured and told as zero. */
#ifndef RS_RSC_H
#define RS_RSC_H

#include <stddef.h>

#include "sample.h"

#define RS_RSC_KEPT  320u /* thinned values: six seconds */
#define RS_RSC_BYTES 4u

/* Where the sensor sits; a stride of a shank and a step of the pelvis cannot be told apart otherwise. */
enum rs_place { RS_PELVIS, RS_SHANK };

struct rs_rsc {
    enum rs_place place;
    uint32_t rate_mhz; /* of the thinned values */
    uint32_t acc_scale;
    uint32_t sum; /* of sizes, in counts, not yet thinned */
    uint16_t thinning, summed;
    uint16_t at, count;          /* where the next value goes, how many there are */
    int16_t values[RS_RSC_KEPT]; /* 2 mg */
};

struct rs_cadence {
    uint8_t steps_per_min; /* of both feet; 0: nobody runs or walks, or not for long enough */
    bool running;
};

void rs_rsc_begin(struct rs_rsc *rsc, enum rs_place place, struct rs_scales scales);

/* Samples of one batch; where some are missing before it, what was seen is forgotten. */
void rs_rsc_add(struct rs_rsc *rsc, const struct rs_sample *samples, uint16_t count, uint8_t lost);

/* About 30,000 multiplications; once a second is plenty. */
struct rs_cadence rs_rsc_cadence(const struct rs_rsc *rsc);

/* Flags, speed (zero), cadence in steps a minute. */
void rs_rsc_encode(uint8_t out[RS_RSC_BYTES], struct rs_cadence cadence);

#endif

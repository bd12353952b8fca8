/* The setting of a chip whose rates and ranges double from step to step, for chips that are made up. */
#ifndef RS_TEST_DOUBLING_H
#define RS_TEST_DOUBLING_H

#include "sample.h"

static inline struct rs_setting doubling_nearest(struct rs_setting wanted, uint16_t most_dps) {
    struct rs_setting taken = {100, 2, wanted.gyr_range_dps == 0 ? 0 : 250};
    while (taken.rate_hz < 800 && wanted.rate_hz * 2u >= taken.rate_hz * 3u) {
        taken.rate_hz = (uint16_t)(taken.rate_hz * 2u);
    }
    while (taken.acc_range_g < 32 && taken.acc_range_g < wanted.acc_range_g) {
        taken.acc_range_g = (uint8_t)(taken.acc_range_g * 2u);
    }
    while (taken.gyr_range_dps < most_dps && taken.gyr_range_dps < wanted.gyr_range_dps) {
        taken.gyr_range_dps = (uint16_t)(taken.gyr_range_dps * 2u);
    }
    return taken;
}

#endif

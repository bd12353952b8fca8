#include "offer.h"

#include <stddef.h>

static uint32_t apart(uint16_t one, uint16_t other) {
    return one > other ? one - (uint32_t)other : other - (uint32_t)one;
}

static uint16_t nearest(const struct rs_step_offered *steps, uint8_t count, uint16_t wanted) {
    uint16_t best = steps[0].value;
    for (uint8_t i = 1; i < count; i++) {
        if (apart(steps[i].value, wanted) <= apart(best, wanted)) {
            best = steps[i].value;
        }
    }
    return best;
}

static uint16_t holding(const struct rs_step_offered *steps, uint8_t count, uint16_t wanted) {
    for (uint8_t i = 0; i < count; i++) {
        if (steps[i].value >= wanted) {
            return steps[i].value;
        }
    }
    return steps[count - 1u].value;
}

struct rs_setting rs_offer_nearest(const struct rs_offer *offer, struct rs_setting wanted) {
    return (struct rs_setting){
        .rate_hz = nearest(offer->rates, offer->rate_count, wanted.rate_hz),
        .acc_range_g = (uint8_t)holding(offer->acc, offer->acc_count, wanted.acc_range_g),
        .gyr_range_dps = wanted.gyr_range_dps == 0
                             ? (uint16_t)0
                             : holding(offer->gyr, offer->gyr_count, wanted.gyr_range_dps),
    };
}

static const struct rs_step_offered *step_of(const struct rs_step_offered *steps, uint8_t count,
                                             uint16_t value) {
    for (uint8_t i = 0; i < count; i++) {
        if (steps[i].value == value) {
            return &steps[i];
        }
    }
    return NULL;
}

const struct rs_step_offered *rs_offer_rate(const struct rs_offer *offer, struct rs_setting taken) {
    return step_of(offer->rates, offer->rate_count, taken.rate_hz);
}

const struct rs_step_offered *rs_offer_acc(const struct rs_offer *offer, struct rs_setting taken) {
    return step_of(offer->acc, offer->acc_count, taken.acc_range_g);
}

const struct rs_step_offered *rs_offer_gyr(const struct rs_offer *offer, struct rs_setting taken) {
    return step_of(offer->gyr, offer->gyr_count, taken.gyr_range_dps);
}

bool rs_offer_holds(const struct rs_offer *offer, struct rs_setting taken) {
    return rs_offer_rate(offer, taken) != NULL && rs_offer_acc(offer, taken) != NULL &&
           (taken.gyr_range_dps == 0 || rs_offer_gyr(offer, taken) != NULL);
}

struct rs_scales rs_offer_scales(const struct rs_offer *offer, struct rs_setting taken) {
    if (!rs_offer_holds(offer, taken)) {
        return (struct rs_scales){0};
    }
    const struct rs_step_offered *gyr = rs_offer_gyr(offer, taken);
    return (struct rs_scales){
        .rate_mhz = rs_offer_rate(offer, taken)->means,
        .acc_scale = rs_offer_acc(offer, taken)->means,
        .gyr_scale = gyr == NULL ? 0 : gyr->means,
    };
}

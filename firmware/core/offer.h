/* The settings that a chip has, and which of them comes nearest to what is wanted. */
#ifndef RS_OFFER_H
#define RS_OFFER_H

#include "sample.h"

/* One step of a chip: what the code of a setting calls it, what its register does, what its counts mean. */
struct rs_step_offered {
    uint16_t value; /* Hz, g, or degrees per second */
    uint8_t bits;   /* for the register */
    uint32_t means; /* thousandths of a Hz, or counts per g or per degree per second in ten-thousandths */
};

struct rs_offer {
    const struct rs_step_offered *rates, *acc, *gyr; /* each ascending */
    uint8_t rate_count, acc_count, gyr_count;
};

/* The nearest rate (the faster of two) and the smallest ranges that hold what is wanted, or the largest. */
struct rs_setting rs_offer_nearest(const struct rs_offer *offer, struct rs_setting wanted);

/* The steps of a setting that `nearest` gave; null where the chip does not have it. */
const struct rs_step_offered *rs_offer_rate(const struct rs_offer *offer, struct rs_setting taken);
const struct rs_step_offered *rs_offer_acc(const struct rs_offer *offer, struct rs_setting taken);
const struct rs_step_offered *rs_offer_gyr(const struct rs_offer *offer, struct rs_setting taken);

/* Whether the chip has the setting; the gyroscope may be off. */
bool rs_offer_holds(const struct rs_offer *offer, struct rs_setting taken);

/* All zero where the chip does not have the setting. */
struct rs_scales rs_offer_scales(const struct rs_offer *offer, struct rs_setting taken);

#endif

/* ICM-42688-P of TDK InvenSense: ±16 g, ±2000 degrees per second.
 *
 * It has no 400 and 800 Hz: there it runs at 500 and 1000 Hz and says so in its scales. */
#ifndef RS_ICM42688_H
#define RS_ICM42688_H

#include "sampler.h"

struct rs_icm42688 {
    struct rs_sampler sampler;
    bool six_axes;
};

/* `family`, `bus` and `board` stay the caller's and must live as long as the chip. */
struct rs_chip rs_icm42688(struct rs_icm42688 *family, const struct rs_bus *bus,
                           const struct rs_clock *board);

#endif

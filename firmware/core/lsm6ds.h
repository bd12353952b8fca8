/* LSM6DSO32 and LSM6DSV32X of STMicroelectronics, the chips that reach ±32 g.
 *
 * Both fill a FIFO of tagged words; registers and rates differ, and a table tells how. The DSO32 runs at
 * 104, 208, 417 and 833 Hz. The DSV32X runs in its high-accuracy mode at 100, 200, 400 and 800 Hz and
 * reaches ±4000 degrees per second. WHO_AM_I does not tell an LSM6DSO32 from an LSM6DSO (±16 g), nor a
 * DSV32X from a DSV16X: the board says which it has. */
#ifndef RS_LSM6DS_H
#define RS_LSM6DS_H

#include "sampler.h"

struct rs_lsm6ds_model;

struct rs_lsm6ds {
    struct rs_sampler sampler;
    const struct rs_lsm6ds_model *model;
    struct rs_sample slot; /* of the time slot whose words are coming in */
    uint8_t slot_count;    /* its two bits of time */
    bool has_acc, has_gyr;
    bool six_axes;
};

/* `family`, `bus` and `board` stay the caller's and must live as long as the chip. */
struct rs_chip rs_lsm6dso32(struct rs_lsm6ds *family, const struct rs_bus *bus, const struct rs_clock *board);
struct rs_chip rs_lsm6dsv32x(struct rs_lsm6ds *family, const struct rs_bus *bus,
                             const struct rs_clock *board);

#endif

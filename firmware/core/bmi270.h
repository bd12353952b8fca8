/* BMI270 of Bosch Sensortec: ±16 g, ±2000 degrees per second, 100 to 800 Hz exactly.
 *
 * It does nothing before 8 KiB of its maker's configuration are loaded into it. They are the maker's and
 * not here: the builder hands them over. Without them, or where the chip does not accept them, `start`
 * fails. */
#ifndef RS_BMI270_H
#define RS_BMI270_H

#include "sampler.h"

struct rs_bmi270 {
    struct rs_sampler sampler;
    const uint8_t *config; /* null: there is none */
    size_t config_bytes;
    bool six_axes;
    bool overflowed; /* at the last look, so a skip frame is no news */
};

/* `family`, `config`, `bus` and `board` stay the caller's and must live as long as the chip. */
struct rs_chip rs_bmi270(struct rs_bmi270 *family, const uint8_t *config, size_t config_bytes,
                         const struct rs_bus *bus, const struct rs_clock *board);

#endif

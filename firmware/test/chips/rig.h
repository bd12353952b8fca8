/* A chip on the bench, its driver, and what came out of it: how the tests of the chips look at samples. */
#ifndef RS_TEST_RIG_H
#define RS_TEST_RIG_H

#include "bench.h"
#include "bmi270.h"
#include "icm42688.h"
#include "lsm6ds.h"

enum { DSO32, DSV32X, ICM, BMI, CHIPS };

struct rig {
    struct bench bench;
    union {
        struct rs_lsm6ds lsm6ds;
        struct rs_icm42688 icm42688;
        struct rs_bmi270 bmi270;
    } family;
    struct rs_chip chip;
    struct rs_setting setting;
    uint8_t config[8192];

    uint32_t got, batches;
    int64_t last;           /* number of the last sample */
    uint32_t holes, unsaid; /* places where numbers are missing, and how many of them no flag told */
    uint32_t torn;          /* samples that are none */
    uint32_t backwards;     /* times that do not grow */
    uint8_t flags;          /* of all batches after the first */
    double worst_us;        /* error of a batch's time, after the first ones */
    double worst_gap;       /* in periods: what a hole is by time and what it is by number */
    uint64_t last_us;
    double first_error_us;
};

/* A rig of this chip, to be given to free(). */
struct rig *rig_of(int which);

/* What all drivers keep in common. */
struct rs_sampler *sampler_of(struct rig *rig);

struct rs_setting setting(uint16_t rate_hz, uint8_t acc_range_g, uint16_t gyr_range_dps);

/* Starts with the nearest setting that the chip has. */
bool rig_start(struct rig *rig, struct rs_setting wanted);

/* Of the chip's own rate. */
double period_us(const struct rig *rig);

/* Empties the chip, by `room` samples at a time; the last batch's flags, which came without samples. Errors of time
 * count from the batch numbered `settled` on. */
uint8_t drain(struct rig *rig, uint16_t room, uint64_t interrupt_us, uint32_t settled);

/* Empties it at every interrupt, each up to `late_us` late. */
void run(struct rig *rig, double seconds, double late_us, uint16_t room, uint32_t settled);

#endif

/* A motion chip: one table of functions per family, behind which registers end. */
#ifndef RS_CHIP_H
#define RS_CHIP_H

#include "hal.h"
#include "sample.h"

/* What came out of the FIFO in one go: evenly spaced samples without a hole. A batch ends at a hole, so
 * the FIFO is empty only when one comes without samples. Where that one carries RS_BUS_ERROR the chip did
 * not answer; the next batch with samples carries it once more, so nobody needs to remember. */
struct rs_batch {
    uint16_t count;
    uint8_t lost; /* RS_OVERFLOW, RS_BUS_ERROR, RS_GAP where samples are missing before the first, or 0 */
    uint64_t first_us; /* when the first one was taken */
};

/* What the device holds of a chip. A family's header says how one is made of a bus and a clock. */
struct rs_chip {
    const struct rs_chip_driver *driver;
    void *family; /* the driver's own: bus, sample clock, counters */
};

struct rs_chip_driver {
    const char *model;
    bool (*probe)(struct rs_chip *chip);
    /* The nearest rate (the faster of two) and the smallest ranges that hold what is wanted, or the
     * largest. */
    struct rs_setting (*nearest)(const struct rs_chip *chip, struct rs_setting wanted);
    struct rs_scales (*scales)(const struct rs_chip *chip, struct rs_setting taken);
    bool (*start)(struct rs_chip *chip, struct rs_setting taken);
    bool (*stop)(struct rs_chip *chip);
    /* Empties the FIFO as far as `room` goes. `interrupt_us` is when the watermark was reached, 0 if
     * unknown. */
    struct rs_batch (*take)(struct rs_chip *chip, struct rs_sample *samples, uint16_t room,
                            uint64_t interrupt_us);
};

#endif

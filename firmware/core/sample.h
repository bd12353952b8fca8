/* One measurement of the motion chip, and how it is set. */
#ifndef RS_SAMPLE_H
#define RS_SAMPLE_H

#include <stdbool.h>
#include <stdint.h>

/* Counts as the chip gave them, in its own axes. */
struct rs_sample {
    int16_t acc[3];
    int16_t gyr[3]; /* unused where the gyroscope is off */
};

/* What the host wants, or what a chip took. */
struct rs_setting {
    uint16_t rate_hz;       /* 100, 200, 400 or 800 */
    uint8_t acc_range_g;    /* 2, 4, 8, 16 or 32 */
    uint16_t gyr_range_dps; /* 250, 500, 1000, 2000 or 4000; 0: off */
};

/* What the counts of a setting mean. */
struct rs_scales {
    uint32_t rate_mhz;  /* thousandths of a Hz: the chip's own name for this rate */
    uint32_t acc_scale; /* counts per g, in ten-thousandths */
    uint32_t gyr_scale; /* counts per degree per second, in ten-thousandths */
};

/* Why samples before the first one of a frame are missing; also the flags of a frame. */
enum {
    RS_OVERFLOW = 1,  /* FIFO or ring was full */
    RS_CLIPPED = 2,   /* a count is 7fff or 8000 */
    RS_BUS_ERROR = 4, /* the chip could not be read */
    RS_GAP = 8,       /* the first after a start, or after a pause for another reason */
};

#endif

/* Emptying a FIFO: what all families share.
 *
 * A family says how its FIFO is read (`rs_fifo`); the sampler keeps the samples' times, ends batches at
 * holes, and remembers what is to be said of the samples before the next. What was read from the FIFO and
 * did not fit is given first, next time: a FIFO cannot be read twice. */
#ifndef RS_SAMPLER_H
#define RS_SAMPLER_H

#include "chip.h"
#include "sample_clock.h"

#define RS_FIFO_CHUNK 256u /* bytes of one burst */

/* What a unit (word, packet, frame) of a FIFO turned out to be. */
enum rs_found {
    RS_SAMPLE,
    RS_NOTHING, /* no sample ends here */
    RS_HOLE,    /* samples are missing before what follows: `missing` of them */
    RS_BROKEN,  /* not a unit at all: what was read with it is worthless */
    RS_CUT,     /* only its beginning was read; the chip will give it whole the next time */
};

/* How what is decoded next stands to what was decoded before. */
enum rs_following {
    RS_FOLLOWS,
    RS_SEEKING, /* the first sample after a start or a loss is not complete yet */
    RS_FRESH,   /* a start or a loss: it does not follow, half samples are worthless */
};

struct rs_unit {
    struct rs_sample sample;
    uint8_t used;    /* bytes it took */
    uint8_t missing; /* where it is a hole */
    uint8_t lost;    /* why */
};

struct rs_level {
    uint16_t bytes;  /* in the FIFO */
    bool overflowed; /* samples were overwritten, or may have been */
};

/* How the FIFO of a family is read. */
struct rs_fifo {
    uint8_t data;  /* the register that bursts are read from */
    uint16_t room; /* bytes it holds; a level beyond is none */
    bool (*level)(void *family, struct rs_level *level);
    enum rs_found (*decode)(void *family, const uint8_t *bytes, uint16_t count, struct rs_unit *unit);
};

struct rs_sampler {
    const struct rs_bus *bus;
    const struct rs_clock *board;
    const struct rs_fifo *fifo;
    struct rs_sample_clock clock;
    uint32_t impossible; /* units that no chip in order gives */
    uint32_t overflows;
    uint32_t bus_errors;
    uint64_t read_us;     /* when the FIFO was last read to its end */
    uint64_t heard_us;    /* when a sample last came */
    uint16_t watermark;   /* samples */
    uint16_t unread;      /* bytes left in the FIFO by the last reading */
    uint16_t at, have;    /* what `bytes` holds: read, not decoded */
    uint8_t sample_bytes; /* in the FIFO */
    uint8_t carried;      /* bytes of a sample whose rest is still in the FIFO; kept by the family */
    enum rs_following following;
    uint8_t lost; /* to be said with the next sample */
    bool running;
    bool doubtful; /* an unknown number of samples was lost: to be told by time */
    uint8_t bytes[RS_FIFO_CHUNK];
};

/* A register to write, and what to wait after it. */
struct rs_step {
    uint8_t reg;
    uint8_t value;
    uint32_t wait_us;
};

void rs_sampler_begin(struct rs_sampler *sampler, const struct rs_bus *bus, const struct rs_clock *board,
                      const struct rs_fifo *fifo);

/* Writes registers in turn; false as soon as one fails. */
bool rs_sampler_write(const struct rs_sampler *sampler, const struct rs_step *steps, size_t count);

/* Whether a register reads as `value` in the bits of `mask`. */
bool rs_sampler_reads(const struct rs_sampler *sampler, uint8_t reg, uint8_t mask, uint8_t value);

/* Samples that make a watermark: 40 ms of them. */
uint16_t rs_sampler_watermark(uint16_t rate_hz);

/* The chip has just begun to fill an empty FIFO. */
void rs_sampler_start(struct rs_sampler *sampler, uint32_t rate_mhz, uint16_t watermark,
                      uint8_t sample_bytes);

void rs_sampler_stop(struct rs_sampler *sampler);

/* As `take` of the driver. */
struct rs_batch rs_sampler_take(struct rs_sampler *sampler, void *family, struct rs_sample *samples,
                                uint16_t room, uint64_t interrupt_us);

#endif

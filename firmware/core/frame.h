/* Records as the protocol page lays them out: frames of samples, and the heads of flash sectors. */
#ifndef RS_FRAME_H
#define RS_FRAME_H

#include <stddef.h>

#include "sample.h"

#define RS_PROTOCOL 1u
#define RS_FRAME_MAGIC 0xa5u
#define RS_HEAD_MAGIC 0x5au
#define RS_FRAME_HEAD_BYTES 10u
#define RS_FRAME_OVERHEAD_BYTES 12u
#define RS_FRAME_COUNTS_BYTES 492u /* at most */
#define RS_FRAME_BYTES (RS_FRAME_OVERHEAD_BYTES + RS_FRAME_COUNTS_BYTES)
#define RS_HEAD_BYTES 24u

struct rs_frame {
    uint8_t flags;
    uint16_t sequence;
    uint32_t time_us; /* of the first sample, low 32 bits */
    uint8_t count;    /* samples, 1 or more */
    struct rs_setting setting;
    const uint8_t *counts; /* the samples as rs_sample_put writes them, one after the other */
};

/* Begins a sector of the log. */
struct rs_head {
    uint16_t generation;
    uint16_t sector; /* of this log, from 0 */
    uint32_t boot;
    uint64_t time_us; /* of the sector's first sample */
    struct rs_setting setting;
};

enum rs_read {
    RS_READ_WHOLE,
    RS_READ_MORE,  /* what is there may be the beginning of a frame */
    RS_READ_WRONG, /* no frame begins here */
};

/* Writes the 6 or 12 bytes of a sample; true where one of its counts stands at the end of the range. */
bool rs_sample_put(uint8_t *out, const struct rs_sample *sample, bool with_gyr);

/* Bytes written; 0, and nothing written, where there are too few or too many samples or too little room. `counts` may
 * stand where they are going to, RS_FRAME_HEAD_BYTES behind `out`. */
size_t rs_frame_encode(uint8_t *out, size_t room, const struct rs_frame *frame);

/* Reads the frame that begins at `bytes`; its counts stay there. `count` may reach beyond its end. */
enum rs_read rs_frame_decode(const uint8_t *bytes, size_t count, struct rs_frame *out);

/* Bytes of a frame, overhead and all. */
size_t rs_frame_bytes(const struct rs_frame *frame);

void rs_head_encode(uint8_t out[RS_HEAD_BYTES], const struct rs_head *head);

/* False where these bytes are no head of this protocol. */
bool rs_head_decode(const uint8_t bytes[RS_HEAD_BYTES], struct rs_head *head);

#endif

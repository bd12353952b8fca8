/* Frames on their way out: each whole in a notification, or in pieces where it does not fit one. */
#ifndef RS_STREAM_H
#define RS_STREAM_H

#include "ring.h"

struct rs_stream {
    struct rs_ring ring;
    size_t sent; /* bytes of the oldest frame that are gone already */
};

/* Nothing waits. */
void rs_stream_begin(struct rs_stream *stream);

/* False where the ring is full: the frame is lost. */
bool rs_stream_put(struct rs_stream *stream, const uint8_t *frame, size_t size);

/* The bytes of the next notification, at most `payload`; null where nothing waits. The same until `rs_stream_sent`. */
const uint8_t *rs_stream_piece(const struct rs_stream *stream, size_t payload, size_t *size);

/* These bytes were taken by the radio. */
void rs_stream_sent(struct rs_stream *stream, size_t size);

#endif

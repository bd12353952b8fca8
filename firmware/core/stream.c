#include "stream.h"

void rs_stream_begin(struct rs_stream *stream) {
    rs_ring_begin(&stream->ring);
    stream->sent = 0;
}

bool rs_stream_put(struct rs_stream *stream, const uint8_t *frame, size_t size) {
    return rs_ring_put(&stream->ring, frame, size);
}

const uint8_t *rs_stream_piece(const struct rs_stream *stream, size_t payload, size_t *size) {
    size_t whole = 0;
    const uint8_t *frame = rs_ring_oldest(&stream->ring, &whole);
    if (frame == NULL) {
        return NULL;
    }
    const size_t left = whole - stream->sent;
    *size = left < payload ? left : payload;
    return frame + stream->sent;
}

void rs_stream_sent(struct rs_stream *stream, size_t size) {
    size_t whole = 0;
    if (rs_ring_oldest(&stream->ring, &whole) == NULL) {
        return;
    }
    stream->sent += size;
    if (stream->sent >= whole) {
        stream->sent = 0;
        rs_ring_drop(&stream->ring);
    }
}

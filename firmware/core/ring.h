/* Frames that wait for the radio. When it is full, what is new is lost, never what waits. */
#ifndef RS_RING_H
#define RS_RING_H

#include "frame.h"

#define RS_RING_FRAMES 64u

struct rs_ring {
    uint8_t first; /* the oldest */
    uint8_t count;
    uint32_t overflows; /* frames that found no room, since the ring was begun */
    uint16_t sizes[RS_RING_FRAMES];
    uint8_t frames[RS_RING_FRAMES][RS_FRAME_BYTES];
};

/* Empties it. */
void rs_ring_begin(struct rs_ring *ring);

/* Takes a copy; false, and counted, where there is no room or the frame is longer than any. */
bool rs_ring_put(struct rs_ring *ring, const uint8_t *frame, size_t size);

/* The oldest frame, or null where none waits. */
const uint8_t *rs_ring_oldest(const struct rs_ring *ring, size_t *size);

/* Lets go of the oldest frame, if there is one. */
void rs_ring_drop(struct rs_ring *ring);

#endif

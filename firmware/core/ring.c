#include "ring.h"

#include <string.h>

void rs_ring_begin(struct rs_ring *ring) {
    ring->first = 0;
    ring->count = 0;
    ring->overflows = 0;
}

bool rs_ring_put(struct rs_ring *ring, const uint8_t *frame, size_t size) {
    if (ring->count == RS_RING_FRAMES || size > RS_FRAME_BYTES) {
        ring->overflows++;
        return false;
    }
    const unsigned place = (ring->first + (unsigned)ring->count) % RS_RING_FRAMES;
    memcpy(ring->frames[place], frame, size);
    ring->sizes[place] = (uint16_t)size;
    ring->count++;
    return true;
}

const uint8_t *rs_ring_oldest(const struct rs_ring *ring, size_t *size) {
    if (ring->count == 0) {
        return NULL;
    }
    *size = ring->sizes[ring->first];
    return ring->frames[ring->first];
}

void rs_ring_drop(struct rs_ring *ring) {
    if (ring->count > 0) {
        ring->first = (uint8_t)((ring->first + 1u) % RS_RING_FRAMES);
        ring->count--;
    }
}

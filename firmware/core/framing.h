/* Samples become frames, for a stream and for a log alike.
 *
 * Who takes samples from the chip asks for `rs_framing_room` at most: so every frame begins with the first sample of
 * a batch, whose time the chip's clock knows, and no time is ever reckoned from a rate. */
#ifndef RS_FRAMING_H
#define RS_FRAMING_H

#include "chip.h"
#include "frame.h"

struct rs_framing {
    struct rs_setting setting;
    uint8_t whole;       /* samples of a full frame */
    uint8_t count;       /* that it holds now */
    uint8_t flags;       /* of the frame being filled */
    uint8_t closed;      /* flags of the frame closed last */
    uint16_t sequence;   /* of the frame being filled */
    uint64_t first_us;   /* when its first sample was taken */
    uint8_t bytes[RS_FRAME_BYTES];
};

/* Samples of a streamed frame: what fits one notification, or six, to be cut into several. */
uint8_t rs_framing_streamed(struct rs_setting setting, uint16_t payload);

/* Samples of a frame in flash: the largest there is. */
uint8_t rs_framing_logged(struct rs_setting setting);

/* Begins with sequence 0 and a frame that carries GAP. */
void rs_framing_begin(struct rs_framing *framing, struct rs_setting setting, uint8_t whole);

/* Samples that still fit; never 0, if a full frame is closed at once. */
uint8_t rs_framing_room(const struct rs_framing *framing);

/* Whether the frame must be closed before this batch, because samples are missing between them. */
bool rs_framing_breaks(const struct rs_framing *framing, const struct rs_batch *batch);

/* Adds a batch that fits and does not break. */
void rs_framing_add(struct rs_framing *framing, const struct rs_batch *batch, const struct rs_sample *samples);

/* The next frame tells this too: RS_BUS_ERROR, RS_OVERFLOW, RS_GAP. */
void rs_framing_tell(struct rs_framing *framing, uint8_t lost);

/* Ends the frame: its size in `bytes`, where it stays until the next sample; 0 where it has no samples. */
size_t rs_framing_close(struct rs_framing *framing);

/* The frame just closed found no room and is lost: its number is free again, the next one tells of it. */
void rs_framing_lose(struct rs_framing *framing);

#endif

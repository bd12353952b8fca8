#include "framing.h"

#include "setting.h"

#define SPLIT_SAMPLES 6u /* of a frame that no notification holds whole */

uint8_t rs_framing_streamed(struct rs_setting setting, uint16_t payload) {
    const unsigned counts = payload > RS_FRAME_OVERHEAD_BYTES ? payload - RS_FRAME_OVERHEAD_BYTES : 0u;
    const unsigned most = counts < RS_FRAME_COUNTS_BYTES ? counts : RS_FRAME_COUNTS_BYTES;
    const unsigned whole = most / rs_setting_sample_bytes(setting);
    return (uint8_t)(whole > 0 ? whole : SPLIT_SAMPLES);
}

uint8_t rs_framing_logged(struct rs_setting setting) {
    return (uint8_t)(RS_FRAME_COUNTS_BYTES / rs_setting_sample_bytes(setting));
}

void rs_framing_begin(struct rs_framing *framing, struct rs_setting setting, uint8_t whole) {
    framing->setting = setting;
    framing->whole = whole;
    framing->count = 0;
    framing->flags = RS_GAP;
    framing->closed = 0;
    framing->sequence = 0;
}

uint8_t rs_framing_room(const struct rs_framing *framing) { return (uint8_t)(framing->whole - framing->count); }

bool rs_framing_breaks(const struct rs_framing *framing, const struct rs_batch *batch) {
    return batch->lost != 0 && framing->count > 0;
}

void rs_framing_add(struct rs_framing *framing, const struct rs_batch *batch, const struct rs_sample *samples) {
    const uint8_t size = rs_setting_sample_bytes(framing->setting);
    const bool with_gyr = rs_setting_axes(framing->setting) == 6;
    if (framing->count == 0) {
        framing->first_us = batch->first_us;
    }
    rs_framing_tell(framing, batch->lost);
    for (uint16_t i = 0; i < batch->count; i++) {
        uint8_t *place = framing->bytes + RS_FRAME_HEAD_BYTES + (size_t)framing->count * size;
        if (rs_sample_put(place, &samples[i], with_gyr)) {
            framing->flags |= RS_CLIPPED;
        }
        framing->count++;
    }
}

void rs_framing_tell(struct rs_framing *framing, uint8_t lost) { framing->flags |= lost; }

size_t rs_framing_close(struct rs_framing *framing) {
    const struct rs_frame frame = {
        .flags = framing->flags,
        .sequence = framing->sequence,
        .time_us = (uint32_t)(framing->first_us & 0xffffffffu),
        .count = framing->count,
        .setting = framing->setting,
        .counts = framing->bytes + RS_FRAME_HEAD_BYTES,
    };
    const size_t size = rs_frame_encode(framing->bytes, sizeof framing->bytes, &frame);
    if (size > 0) {
        framing->closed = framing->flags;
        framing->count = 0;
        framing->flags = 0;
        framing->sequence++;
    }
    return size;
}

void rs_framing_lose(struct rs_framing *framing) {
    framing->sequence--;
    framing->flags |= (uint8_t)((framing->closed & ~(unsigned)RS_CLIPPED) | RS_OVERFLOW);
}

#include "frame.h"

#include <string.h>

#include "bytes.h"
#include "crc.h"
#include "setting.h"

#define VERSION_SHIFT 5u
#define FLAGS 0x1fu
#define CRC_BYTES 2u

static bool put_axes(uint8_t *out, const int16_t axes[3]) {
    bool clipped = false;
    for (size_t i = 0; i < 3; i++) {
        rs_put_i16(out + 2 * i, axes[i]);
        clipped |= axes[i] == INT16_MAX || axes[i] == INT16_MIN;
    }
    return clipped;
}

bool rs_sample_put(uint8_t *out, const struct rs_sample *sample, bool with_gyr) {
    const bool acc = put_axes(out, sample->acc);
    const bool gyr = with_gyr && put_axes(out + 6, sample->gyr);
    return acc || gyr;
}

size_t rs_frame_bytes(const struct rs_frame *frame) {
    return RS_FRAME_OVERHEAD_BYTES + (size_t)frame->count * rs_setting_sample_bytes(frame->setting);
}

size_t rs_frame_encode(uint8_t *out, size_t room, const struct rs_frame *frame) {
    const size_t size = rs_frame_bytes(frame);
    if (frame->count == 0 || size > RS_FRAME_BYTES || size > room) {
        return 0;
    }
    memmove(out + RS_FRAME_HEAD_BYTES, frame->counts, size - RS_FRAME_OVERHEAD_BYTES);
    out[0] = RS_FRAME_MAGIC;
    out[1] = (uint8_t)(RS_PROTOCOL << VERSION_SHIFT | (frame->flags & FLAGS));
    rs_put_u16(out + 2, frame->sequence);
    rs_put_u32(out + 4, frame->time_us);
    out[8] = frame->count;
    out[9] = rs_setting_code(frame->setting);
    rs_put_u16(out + size - CRC_BYTES, rs_crc16(out, size - CRC_BYTES));
    return size;
}

enum rs_read rs_frame_decode(const uint8_t *bytes, size_t count, struct rs_frame *out) {
    if (count > 0 && bytes[0] != RS_FRAME_MAGIC) {
        return RS_READ_WRONG;
    }
    if (count < RS_FRAME_HEAD_BYTES) {
        return RS_READ_MORE;
    }
    struct rs_frame frame = {
        .flags = bytes[1] & FLAGS,
        .sequence = rs_get_u16(bytes + 2),
        .time_us = rs_get_u32(bytes + 4),
        .count = bytes[8],
        .counts = bytes + RS_FRAME_HEAD_BYTES,
    };
    if (bytes[1] >> VERSION_SHIFT != RS_PROTOCOL || frame.count == 0 || !rs_setting_of_code(bytes[9], &frame.setting)) {
        return RS_READ_WRONG;
    }
    const size_t size = rs_frame_bytes(&frame);
    if (size > RS_FRAME_BYTES) {
        return RS_READ_WRONG;
    }
    if (count < size) {
        return RS_READ_MORE;
    }
    if (rs_get_u16(bytes + size - CRC_BYTES) != rs_crc16(bytes, size - CRC_BYTES)) {
        return RS_READ_WRONG;
    }
    *out = frame;
    return RS_READ_WHOLE;
}

void rs_head_encode(uint8_t out[RS_HEAD_BYTES], const struct rs_head *head) {
    memset(out, 0, RS_HEAD_BYTES);
    out[0] = RS_HEAD_MAGIC;
    out[1] = (uint8_t)(RS_PROTOCOL << VERSION_SHIFT);
    rs_put_u16(out + 2, head->generation);
    rs_put_u16(out + 4, head->sector);
    rs_put_u32(out + 6, head->boot);
    rs_put_u64(out + 10, head->time_us);
    out[18] = rs_setting_code(head->setting);
    rs_put_u16(out + 22, rs_crc16(out, RS_HEAD_BYTES - CRC_BYTES));
}

bool rs_head_decode(const uint8_t bytes[RS_HEAD_BYTES], struct rs_head *head) {
    if (bytes[0] != RS_HEAD_MAGIC || bytes[1] >> VERSION_SHIFT != RS_PROTOCOL ||
        rs_get_u16(bytes + 22) != rs_crc16(bytes, RS_HEAD_BYTES - CRC_BYTES)) {
        return false;
    }
    head->generation = rs_get_u16(bytes + 2);
    head->sector = rs_get_u16(bytes + 4);
    head->boot = rs_get_u32(bytes + 6);
    head->time_us = rs_get_u64(bytes + 10);
    return rs_setting_of_code(bytes[18], &head->setting);
}

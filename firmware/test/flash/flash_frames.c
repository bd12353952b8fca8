#include "flash_frames.h"

#include <string.h>

#include "bytes.h"
#include "crc.h"
#include "setting.h"

const struct rs_setting flash_six_axes = {200, 16, 2000};
const struct rs_setting flash_three_axes = {800, 32, 0};

/* Two last bytes of counts with which the CRC ends in ff. */
static void end_in_ff(const uint8_t *frame, size_t crc_at, uint8_t *counts_end) {
    uint16_t before = rs_crc16(frame, crc_at - 2);
    uint16_t salt = 0;
    do {
        rs_put_u16(counts_end, ++salt);
    } while (rs_crc16_more(before, counts_end, 2) >> 8 != 0xffu);
}

static size_t make(uint8_t out[RS_FRAME_BYTES], uint16_t sequence, struct rs_setting setting,
                   uint8_t samples) {
    uint8_t counts[RS_FRAME_COUNTS_BYTES];
    for (size_t i = 0; i < sizeof counts; i++) {
        counts[i] = (uint8_t)(sequence * 31u + i * 7u);
    }
    struct rs_frame frame = {.sequence = sequence, .count = samples, .setting = setting, .counts = counts};
    frame.time_us = sequence * 205000u;
    size_t bytes = rs_frame_encode(out, RS_FRAME_BYTES, &frame);
    if (sequence % 4 == 3) {
        end_in_ff(out, bytes - 2, counts + bytes - RS_FRAME_OVERHEAD_BYTES - 2);
        bytes = rs_frame_encode(out, RS_FRAME_BYTES, &frame);
    }
    return bytes;
}

/* Made once: tests read the same logs many thousand times. */
static struct made {
    size_t count;
    uint16_t sequence;
    uint8_t setting, samples;
    uint8_t bytes[RS_FRAME_BYTES];
} made[64];

static const struct made *made_before(uint16_t sequence, struct rs_setting setting, uint8_t samples) {
    struct made *here = &made[sequence % (sizeof made / sizeof *made)];
    uint8_t code = rs_setting_code(setting);
    if (here->count == 0 || here->sequence != sequence || here->setting != code || here->samples != samples) {
        here->count = make(here->bytes, sequence, setting, samples);
        here->sequence = sequence;
        here->setting = code;
        here->samples = samples;
    }
    return here;
}

size_t flash_frame_make(uint8_t out[RS_FRAME_BYTES], uint16_t sequence, struct rs_setting setting,
                        uint8_t samples) {
    const struct made *frame = made_before(sequence, setting, samples);
    memcpy(out, frame->bytes, frame->count);
    return frame->count;
}

/* The frame that stands here as it was made; its CRC needs no second look. */
static bool as_made(const uint8_t *bytes, size_t count, struct rs_frame *frame) {
    if (count < RS_FRAME_OVERHEAD_BYTES || bytes[0] != RS_FRAME_MAGIC ||
        !rs_setting_of_code(bytes[9], &frame->setting)) {
        return false;
    }
    frame->sequence = rs_get_u16(bytes + 2);
    frame->count = bytes[8];
    size_t samples = (size_t)bytes[8] * rs_setting_sample_bytes(frame->setting);
    if (samples == 0 || samples > RS_FRAME_COUNTS_BYTES) {
        return false;
    }
    const struct made *wanted = made_before(frame->sequence, frame->setting, frame->count);
    return wanted->count <= count && memcmp(wanted->bytes, bytes, wanted->count) == 0;
}

static void note_frame(struct flash_found *found, const struct rs_frame *frame) {
    if (found->frames == 0) {
        found->first = frame->sequence;
    } else {
        found->disordered += frame->sequence != (uint16_t)(found->last + 1u);
    }
    found->last = frame->sequence;
    found->frames++;
}

static void note_head(struct flash_found *found, const struct rs_head *head, uint32_t offset,
                      uint16_t generation) {
    found->heads++;
    found->misplaced += head->generation != generation || head->sector * RS_SECTOR_BYTES != offset;
    found->last_boot = head->boot;
    found->last_head_us = head->time_us;
}

struct flash_found flash_frames_find(const struct rs_log *log) {
    struct flash_found found = {0};
    const struct rs_log_status status = rs_log_status(log);
    for (uint32_t begin = 0; begin < status.used; begin += RS_SECTOR_BYTES) {
        uint8_t bytes[RS_SECTOR_BYTES];
        uint32_t count = status.used - begin < sizeof bytes ? status.used - begin : (uint32_t)sizeof bytes;
        if (rs_log_read(log, begin, bytes, count) != RS_LOG_DONE) {
            found.skipped += count;
            continue;
        }
        for (uint32_t at = 0; at < count;) {
            struct rs_frame frame;
            struct rs_head head;
            bool unchanged = as_made(bytes + at, count - at, &frame);
            if (unchanged || rs_frame_decode(bytes + at, count - at, &frame) == RS_READ_WHOLE) {
                found.changed += !unchanged;
                note_frame(&found, &frame);
                at += (uint32_t)rs_frame_bytes(&frame);
            } else if (count - at >= RS_HEAD_BYTES && rs_head_decode(bytes + at, &head)) {
                note_head(&found, &head, begin + at, status.generation);
                at += RS_HEAD_BYTES;
            } else {
                found.skipped += bytes[at] != 0xffu;
                at++;
            }
        }
    }
    return found;
}

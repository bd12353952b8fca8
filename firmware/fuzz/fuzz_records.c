/* Frames and sector heads from any bytes: what is read is what would be written, and nothing beyond is touched. */
#include <string.h>

#include "bytes.h"
#include "crc.h"
#include "frame.h"
#include "fuzz.h"
#include "setting.h"

static void read_frame(const uint8_t *bytes, size_t count) {
    struct rs_frame frame;
    uint8_t again[RS_FRAME_BYTES];
    const enum rs_read read = rs_frame_decode(bytes, count, &frame);
    if (read == RS_READ_MORE) {
        MUST(count < RS_FRAME_BYTES);
    }
    if (read == RS_READ_WHOLE) {
        const size_t size = rs_frame_encode(again, sizeof again, &frame);
        MUST(size == rs_frame_bytes(&frame) && size <= count && memcmp(again, bytes, size) == 0);
        for (size_t part = 0; part < size; part++) {
            MUST(rs_frame_decode(bytes, part, &frame) == RS_READ_MORE);
        }
    }
}

static void read_head(const uint8_t *bytes, size_t count) {
    struct rs_head head, same;
    uint8_t again[RS_HEAD_BYTES];
    if (count >= RS_HEAD_BYTES && rs_head_decode(bytes, &head)) {
        rs_head_encode(again, &head);
        MUST(rs_head_decode(again, &same));
        MUST(same.generation == head.generation && same.sector == head.sector && same.boot == head.boot &&
             same.time_us == head.time_us && rs_setting_code(same.setting) == rs_setting_code(head.setting));
    }
}

/* The same bytes once as they are, and once with the checksum put right, which no mutation would hit. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
    read_frame(bytes, count);
    read_head(bytes, count);
    if (count < 4 || count > FUZZ_ROOM) {
        return 0;
    }
    uint8_t *mended = malloc(count);
    MUST(mended != NULL);
    memcpy(mended, bytes, count);
    rs_put_u16(mended + count - 2, rs_crc16(mended, count - 2));
    read_frame(mended, count);
    read_head(mended, count);
    free(mended);
    return 0;
}

size_t fuzz_seed(unsigned number, uint8_t bytes[FUZZ_ROOM]) {
    static const uint8_t counts[RS_FRAME_COUNTS_BYTES] = {1, 2, 3};
    static const struct rs_setting settings[] = {{100, 16, 0}, {800, 32, 4000}, {200, 2, 250}};
    const struct rs_setting setting = settings[number % 3];
    if (number >= 9) {
        return 0;
    }
    if (number >= 6) {
        rs_head_encode(bytes, &(struct rs_head){7, 1, 3, 123456789, setting});
        return RS_HEAD_BYTES;
    }
    const uint8_t most = (uint8_t)(RS_FRAME_COUNTS_BYTES / rs_setting_sample_bytes(setting));
    const struct rs_frame frame = {1, 2, 3, number < 3 ? 1 : most, setting, counts};
    return rs_frame_encode(bytes, FUZZ_ROOM, &frame);
}

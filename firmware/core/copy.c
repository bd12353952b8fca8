#include "copy.h"

#include "bytes.h"

void rs_copy_begin(struct rs_copy *copy, uint8_t id, uint32_t offset, uint32_t length, uint32_t allowed) {
    copy->active = true;
    copy->id = id;
    copy->offset = offset;
    copy->end = offset + length;
    copy->allowed = allowed;
}

void rs_copy_allow(struct rs_copy *copy, const uint8_t *bytes, size_t count) {
    if (copy->active && count == RS_ALLOWANCE_BYTES && rs_get_u32(bytes) > copy->allowed) {
        copy->allowed = rs_get_u32(bytes);
    }
}

size_t rs_copy_piece(struct rs_copy *copy, const struct rs_log *log, size_t room, uint8_t *out) {
    const uint32_t limit = copy->allowed < copy->end ? copy->allowed : copy->end;
    if (!copy->active || copy->offset >= limit) {
        return 0;
    }
    const uint32_t most = (uint32_t)(room - RS_COPY_HEAD_BYTES);
    const uint32_t count = limit - copy->offset < most ? limit - copy->offset : most;
    out[0] = copy->id;
    rs_put_u32(out + 1, copy->offset);
    if (rs_log_read(log, copy->offset, out + RS_COPY_HEAD_BYTES, count) != RS_LOG_DONE) {
        copy->active = false;
        return 0;
    }
    return RS_COPY_HEAD_BYTES + count;
}

void rs_copy_sent(struct rs_copy *copy, size_t size) {
    copy->offset += (uint32_t)(size - RS_COPY_HEAD_BYTES);
    copy->active = copy->offset < copy->end;
}

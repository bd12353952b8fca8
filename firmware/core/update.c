#include "update.h"

#include "bytes.h"

#define OFFSET_BYTES 4u

void rs_update_begin(struct rs_update *update, const struct rs_update_slot *slot) {
    *update = (struct rs_update){.slot = slot};
}

static void drop(struct rs_update *update) {
    if (update->begun) {
        update->slot->drop(update->slot->board);
    }
    update->begun = false;
}

void rs_update_open(struct rs_update *update, uint64_t now_us) {
    update->open = !update->done;
    update->heard_us = now_us;
}

bool rs_update_waits(struct rs_update *update, uint64_t now_us) {
    if (update->open && now_us - update->heard_us >= RS_UPDATE_OPEN_US) {
        drop(update);
        update->open = false;
    }
    return update->open;
}

static enum rs_update_result finish(struct rs_update *update, const uint8_t *bytes, size_t count) {
    if (count != OFFSET_BYTES) {
        return RS_UPDATE_MALFORMED;
    }
    if (!update->begun || rs_get_u32(bytes) != update->written) {
        return RS_UPDATE_ASTRAY;
    }
    update->begun = false;
    update->done = update->slot->finish(update->slot->board);
    update->open = !update->done;
    return update->done ? RS_UPDATE_TAKEN : RS_UPDATE_FAILED;
}

static enum rs_update_result take(struct rs_update *update, uint32_t offset, const uint8_t *bytes, size_t count) {
    if (count == 0) {
        return RS_UPDATE_MALFORMED;
    }
    if (offset == 0) {
        drop(update);
        update->begun = update->slot->begin(update->slot->board);
        update->written = 0;
        if (!update->begun) {
            return RS_UPDATE_FAILED;
        }
    }
    if (!update->begun || offset != update->written) {
        return RS_UPDATE_ASTRAY;
    }
    if (!update->slot->write(update->slot->board, bytes, count)) {
        drop(update);
        return RS_UPDATE_FAILED;
    }
    update->written += (uint32_t)count;
    return RS_UPDATE_TAKEN;
}

static enum rs_update_result answer(struct rs_update *update, const uint8_t *bytes, size_t count, uint64_t now_us) {
    if (!rs_update_waits(update, now_us)) {
        return RS_UPDATE_CLOSED;
    }
    if (count < OFFSET_BYTES) {
        return RS_UPDATE_MALFORMED;
    }
    update->heard_us = now_us;
    const uint32_t offset = rs_get_u32(bytes);
    return offset == RS_UPDATE_END ? finish(update, bytes + OFFSET_BYTES, count - OFFSET_BYTES)
                                   : take(update, offset, bytes + OFFSET_BYTES, count - OFFSET_BYTES);
}

enum rs_update_result rs_update_write(struct rs_update *update, const uint8_t *bytes, size_t count, uint64_t now_us) {
    update->last = answer(update, bytes, count, now_us);
    return update->last;
}

void rs_update_state(struct rs_update *update, uint8_t out[RS_UPDATE_STATE_BYTES], uint64_t now_us) {
    out[0] = update->done ? 2 : rs_update_waits(update, now_us) ? 1 : 0;
    out[1] = (uint8_t)update->last;
    rs_put_u32(out + 2, update->written);
}

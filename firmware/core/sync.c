#include "sync.h"

#include "bytes.h"

void rs_sync_begin(struct rs_sync *sync) {
    sync->first = 0;
    sync->count = 0;
}

bool rs_sync_take(struct rs_sync *sync, const uint8_t *bytes, size_t count, uint64_t came_us) {
    if (count != RS_TOKEN_BYTES || sync->count == RS_TOKENS) {
        return false;
    }
    const unsigned place = (sync->first + (unsigned)sync->count) % RS_TOKENS;
    sync->tokens[place] = rs_get_u32(bytes);
    sync->came_us[place] = came_us;
    sync->count++;
    return true;
}

bool rs_sync_reply(const struct rs_sync *sync, uint32_t boot, uint64_t now_us, uint8_t out[RS_REPLY_BYTES]) {
    if (sync->count == 0) {
        return false;
    }
    const uint64_t came_us = sync->came_us[sync->first];
    const uint64_t held_us = now_us - came_us;
    rs_put_u32(out, sync->tokens[sync->first]);
    rs_put_u32(out + 4, boot);
    rs_put_u64(out + 8, came_us);
    /* Held for more than an hour: then its number is as worthless as the reading. */
    rs_put_u32(out + 16, held_us > UINT32_MAX ? UINT32_MAX : (uint32_t)held_us);
    return true;
}

void rs_sync_sent(struct rs_sync *sync) {
    if (sync->count > 0) {
        sync->first = (uint8_t)((sync->first + 1u) % RS_TOKENS);
        sync->count--;
    }
}

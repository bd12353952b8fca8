/* Readings of the sensor's clock: tokens that came, and their replies. */
#ifndef RS_SYNC_H
#define RS_SYNC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RS_TOKEN_BYTES 4u
#define RS_REPLY_BYTES 20u
#define RS_TOKENS 8u /* that may wait; a host has one under way */

struct rs_sync {
    uint8_t first;
    uint8_t count;
    uint32_t tokens[RS_TOKENS];
    uint64_t came_us[RS_TOKENS];
};

void rs_sync_begin(struct rs_sync *sync);

/* A token that came at `came_us`. False for what is no token, or where too many wait: it gets no reply. */
bool rs_sync_take(struct rs_sync *sync, const uint8_t *bytes, size_t count, uint64_t came_us);

/* The reply to the oldest token, were it handed to the radio at `now_us`; false where none waits. */
bool rs_sync_reply(const struct rs_sync *sync, uint32_t boot, uint64_t now_us, uint8_t out[RS_REPLY_BYTES]);

/* That reply was taken by the radio. */
void rs_sync_sent(struct rs_sync *sync);

#endif

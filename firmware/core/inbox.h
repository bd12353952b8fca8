/* From the radio's thread to the core's: what a host wrote waits here, and what became of a connection is never lost.
 *
 * The radio's callbacks fill it, the thread that polls the device empties it; the board holds a lock around each call.
 * However late it is emptied, the device learns of every end: a connection is a state here, not a message. */
#ifndef RS_INBOX_H
#define RS_INBOX_H

#include "device.h"

#define RS_INBOX_WRITES 16u
#define RS_INBOX_BYTES 32u /* of one; a request has 20 at most, and a longer one stays too long when it is cut */

struct rs_inbox_write {
    enum rs_channel channel;
    uint8_t count;
    uint8_t bytes[RS_INBOX_BYTES];
    uint64_t came_us;
};

struct rs_inbox {
    bool connected;
    uint16_t payload;
    uint32_t connections; /* so far */

    /* What the device was told. */
    bool told;
    uint16_t told_payload;
    uint32_t told_connections;

    uint8_t count;
    struct rs_inbox_write writes[RS_INBOX_WRITES];
};

void rs_inbox_begin(struct rs_inbox *inbox);

/* A host has come, its MTU was agreed upon, it is gone. What an earlier host wrote is worth nothing any more. */
void rs_inbox_connected(struct rs_inbox *inbox, uint16_t payload);
void rs_inbox_payload(struct rs_inbox *inbox, uint16_t payload);
void rs_inbox_disconnected(struct rs_inbox *inbox);

/* False, and not taken: there is no host, or no room. */
bool rs_inbox_write(struct rs_inbox *inbox, enum rs_channel channel, const uint8_t *bytes, size_t count,
                    uint64_t came_us);

/* Tells the device all of it. */
void rs_inbox_deliver(struct rs_inbox *inbox, struct rs_device *device);

#endif

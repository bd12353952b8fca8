/* A range of the log on its way to the host: as far as it allows, in order. */
#ifndef RS_COPY_H
#define RS_COPY_H

#include "flash_log.h"

#define RS_COPY_HEAD_BYTES 5u
#define RS_ALLOWANCE_BYTES 4u

struct rs_copy {
    bool active;
    uint8_t id; /* of the request */
    uint32_t offset;
    uint32_t end;
    uint32_t allowed; /* bytes before this may go */
};

/* Begins a range that the log holds; forgets the one before. */
void rs_copy_begin(struct rs_copy *copy, uint8_t id, uint32_t offset, uint32_t length, uint32_t allowed);

/* What the host wrote to LOG: a greater allowance, or nothing that matters. */
void rs_copy_allow(struct rs_copy *copy, const uint8_t *bytes, size_t count);

/* Writes the next notification, at most `room` bytes; 0 where nothing may go. A flash that cannot be read ends it: the
 * host asks again, and LOG_CRC tells why. */
size_t rs_copy_piece(struct rs_copy *copy, const struct rs_log *log, size_t room, uint8_t *out);

/* A notification of this size was taken by the radio. */
void rs_copy_sent(struct rs_copy *copy, size_t size);

#endif

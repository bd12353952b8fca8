/* New firmware over the air: the bytes of an image in order, for a few minutes after the button opened the door.
 *
 * A message is an offset, four bytes, and bytes of the image; offset ffffffff ends it, followed by its length. What an
 * image must be, whether its signature is right, and how the board starts it are the board's affair. */
#ifndef RS_UPDATE_H
#define RS_UPDATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RS_UPDATE_OPEN_US 300000000u /* since the button, or the last message */
#define RS_UPDATE_END 0xffffffffu
#define RS_UPDATE_STATE_BYTES 6u

/* Where an image is written that does not run yet. */
struct rs_update_slot {
    void *board;
    bool (*begin)(void *board);
    bool (*write)(void *board, const uint8_t *bytes, size_t count);
    bool (*finish)(void *board); /* examines it; true: it runs at the next start */
    void (*drop)(void *board);   /* what was begun is not wanted any more */
};

enum rs_update_result {
    RS_UPDATE_TAKEN,
    RS_UPDATE_CLOSED,    /* the button was not pressed, or too long ago */
    RS_UPDATE_MALFORMED, /* not a message */
    RS_UPDATE_ASTRAY,    /* not what follows; begin again at offset 0 */
    RS_UPDATE_FAILED,    /* the flash failed, or the image is none, or not signed by the right key */
    RS_UPDATE_RESULTS,
};

struct rs_update {
    const struct rs_update_slot *slot;
    bool open;
    bool begun;
    bool done; /* an image waits for the next start */
    enum rs_update_result last;
    uint32_t written;
    uint64_t heard_us;
};

void rs_update_begin(struct rs_update *update, const struct rs_update_slot *slot);

/* The button was pressed. */
void rs_update_open(struct rs_update *update, uint64_t now_us);

enum rs_update_result rs_update_write(struct rs_update *update, const uint8_t *bytes, size_t count, uint64_t now_us);

/* What a host reads: 0 closed, 1 open, 2 done; the last message's result; bytes written, u32. */
void rs_update_state(struct rs_update *update, uint8_t out[RS_UPDATE_STATE_BYTES], uint64_t now_us);

/* Whether it still waits; closes when its time is over. */
bool rs_update_waits(struct rs_update *update, uint64_t now_us);

#endif

/* The whole sensor: a motion chip, a flash, a radio, and what a host may ask.
 *
 * The board calls from one thread: what the radio brings goes to `rs_device_write`, and `rs_device_poll` does the work.
 * The structure is the caller's; it is large (the frames that wait for the radio) and lives as long as the firmware. */
#ifndef RS_DEVICE_H
#define RS_DEVICE_H

#include "charge.h"
#include "chip.h"
#include "copy.h"
#include "flash_log.h"
#include "framing.h"
#include "kept.h"
#include "state.h"
#include "stream.h"
#include "sync.h"
#include "tlv.h"

#define RS_REQUESTS 4u /* that may wait; a host has one under way */

struct rs_device {
    const struct rs_hal *hal;
    struct rs_chip *chip;
    struct rs_kept kept;
    struct rs_log log;
    bool has_log; /* the partition can hold one */
    enum rs_state state;
    struct rs_charge charge;
    enum rs_light light;
    uint64_t blinks_until_us;

    /* Of a connection. */
    bool connected;
    bool configured;           /* a CONFIGURE has come */
    bool held;                 /* the answer waits for something to happen: a first sample, a last frame */
    uint16_t payload;          /* bytes of a notification */
    struct rs_setting setting; /* as configured */
    struct rs_answer answer;
    uint8_t requests_waiting;
    struct rs_request requests[RS_REQUESTS];
    struct rs_sync sync;
    struct rs_copy copy;
    struct rs_stream stream;

    /* Of the chip while it measures. */
    struct rs_framing framing;
    bool chip_runs;    /* false: it did not answer, and is to be started again */
    uint64_t heard_us; /* when it was started or gave a sample */
    uint64_t tried_us; /* when it was started last */
    enum rs_refusal failure; /* why a log that was asked for did not begin */
};

/* What the board may do until the next poll. */
enum rs_rest {
    RS_REST_NOT,  /* poll again at once, or when the radio has buffers */
    RS_REST_WAIT, /* sleep until the chip's interrupt or a write, a second at most */
    RS_REST_OFF,  /* deep sleep until the battery is charged */
};

/* After a start: counts the boot, finds the log, goes on with one that was running. */
void rs_device_begin(struct rs_device *device, const struct rs_hal *hal, struct rs_chip *chip);

/* A host has come; `payload` is the MTU less 3. */
void rs_device_connected(struct rs_device *device, uint16_t payload);

/* The MTU was agreed upon later; a stream keeps the frames it began with. */
void rs_device_payload(struct rs_device *device, uint16_t payload);

/* The host is gone: a stream ends, a log goes on. */
void rs_device_disconnected(struct rs_device *device);

/* What the host wrote, and when it came. Copied; done by the next poll. More requests than a host may have under way
 * are dropped. */
void rs_device_write(struct rs_device *device, enum rs_channel channel, const uint8_t *bytes, size_t count,
                     uint64_t came_us);

/* Takes what the chip has measured, does what was asked, sends what is due, answers first. `interrupt_us` is when the
 * chip's watermark was reached, 0 if it was not. */
enum rs_rest rs_device_poll(struct rs_device *device, uint64_t interrupt_us);

#endif

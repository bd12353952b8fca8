/* What the sensor is doing, and what may follow: one table. */
#ifndef RS_STATE_H
#define RS_STATE_H

#include <stdbool.h>
#include <stdint.h>

enum rs_state {
    RS_NOWHERE,   /* no state: what an event leads to that is not allowed */
    RS_IDLE,
    RS_COPYING,   /* sends bytes of the log */
    RS_STREAMING,
    RS_ENDING,    /* the stream was stopped, its last frames are on their way */
    RS_BEGINNING, /* a log was asked for and waits for its first sample */
    RS_LOGGING,
    RS_FAULT,     /* idle, and the chip or the flash failed when it was needed last; tried again when asked */
    RS_STATES,
};

enum rs_event {
    RS_ON_CONFIGURE,
    RS_ON_START,
    RS_ON_STOP,
    RS_ON_SENT, /* the last frame is gone */
    RS_ON_LOG_START,
    RS_ON_SAMPLE, /* the first one */
    RS_ON_LOG_STOP,
    RS_ON_LOG_OVER, /* the flash is full, or the battery empty */
    RS_ON_READ,
    RS_ON_COPIED, /* the whole range is gone */
    RS_ON_RANGE,  /* of the log, to be compared */
    RS_ON_ERASE,
    RS_ON_HANGUP,
    RS_ON_FAILURE, /* of the chip or of the flash */
    RS_EVENTS,
};

/* The state after an event; RS_NOWHERE where it is not allowed now. */
enum rs_state rs_state_after(enum rs_state state, enum rs_event event);

/* The value of the field STATE. */
uint8_t rs_state_told(enum rs_state state);

#endif

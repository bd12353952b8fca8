#include "state.h"

/* Requests that never do harm (STOP, LOG_STOP, a connection's end) are allowed everywhere. What does not stand here is
 * RS_NOWHERE. */
static const uint8_t after[RS_STATES][RS_EVENTS] = {
    [RS_IDLE] =
        {
            [RS_ON_CONFIGURE] = RS_IDLE,
            [RS_ON_START] = RS_STREAMING,
            [RS_ON_STOP] = RS_IDLE,
            [RS_ON_LOG_START] = RS_BEGINNING,
            [RS_ON_LOG_STOP] = RS_IDLE,
            [RS_ON_READ] = RS_COPYING,
            [RS_ON_RANGE] = RS_IDLE,
            [RS_ON_ERASE] = RS_IDLE,
            [RS_ON_HANGUP] = RS_IDLE,
            [RS_ON_FAILURE] = RS_FAULT,
        },
    [RS_COPYING] =
        {
            [RS_ON_CONFIGURE] = RS_COPYING,
            [RS_ON_START] = RS_STREAMING,
            [RS_ON_STOP] = RS_COPYING,
            [RS_ON_LOG_START] = RS_BEGINNING,
            [RS_ON_LOG_STOP] = RS_COPYING,
            [RS_ON_READ] = RS_COPYING,
            [RS_ON_COPIED] = RS_IDLE,
            [RS_ON_RANGE] = RS_COPYING,
            [RS_ON_ERASE] = RS_IDLE,
            [RS_ON_HANGUP] = RS_IDLE,
            [RS_ON_FAILURE] = RS_FAULT,
        },
    [RS_STREAMING] =
        {
            [RS_ON_STOP] = RS_ENDING,
            [RS_ON_LOG_STOP] = RS_STREAMING,
            [RS_ON_HANGUP] = RS_IDLE,
        },
    [RS_ENDING] =
        {
            [RS_ON_STOP] = RS_ENDING,
            [RS_ON_SENT] = RS_IDLE,
            [RS_ON_LOG_STOP] = RS_ENDING,
            [RS_ON_HANGUP] = RS_IDLE,
        },
    [RS_BEGINNING] =
        {
            [RS_ON_STOP] = RS_BEGINNING,
            [RS_ON_SAMPLE] = RS_LOGGING,
            [RS_ON_LOG_STOP] = RS_IDLE,
            [RS_ON_HANGUP] = RS_BEGINNING,
            [RS_ON_FAILURE] = RS_FAULT,
        },
    [RS_LOGGING] =
        {
            [RS_ON_STOP] = RS_LOGGING,
            [RS_ON_LOG_STOP] = RS_IDLE,
            [RS_ON_LOG_OVER] = RS_IDLE,
            [RS_ON_HANGUP] = RS_LOGGING,
            [RS_ON_FAILURE] = RS_FAULT,
        },
    [RS_FAULT] =
        {
            [RS_ON_CONFIGURE] = RS_FAULT,
            [RS_ON_START] = RS_STREAMING,
            [RS_ON_STOP] = RS_FAULT,
            [RS_ON_LOG_START] = RS_BEGINNING,
            [RS_ON_LOG_STOP] = RS_FAULT,
            [RS_ON_READ] = RS_FAULT,
            [RS_ON_COPIED] = RS_FAULT,
            [RS_ON_RANGE] = RS_FAULT,
            [RS_ON_ERASE] = RS_FAULT,
            [RS_ON_HANGUP] = RS_FAULT,
            [RS_ON_FAILURE] = RS_FAULT,
        },
};

static const uint8_t told[RS_STATES] = {
    [RS_STREAMING] = 1,
    [RS_ENDING] = 1,
    [RS_BEGINNING] = 2,
    [RS_LOGGING] = 2,
};

enum rs_state rs_state_after(enum rs_state state, enum rs_event event) { return (enum rs_state)after[state][event]; }

uint8_t rs_state_told(enum rs_state state) { return told[state]; }

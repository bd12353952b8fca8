/* What the one light shows: how often it flashes. */
#ifndef RS_BLINK_H
#define RS_BLINK_H

#include "hal.h"

struct rs_lit {
    bool on;
    uint32_t for_ms; /* until it changes; 0: it stays */
};

/* The light `passed_ms` after it was told to show this. */
struct rs_lit rs_blink(enum rs_light light, uint64_t passed_ms);

#endif

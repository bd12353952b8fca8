/* What the battery's charge allows. */
#ifndef RS_CHARGE_H
#define RS_CHARGE_H

#include "hal.h"

/* Of one lithium cell at rest: 3.5 V leave some 10 %, half an hour of a log; at 3.3 V the regulator drops out, and a
 * write to flash that browns out is worse than none. */
#define RS_CHARGE_LOW_MV 3500u
#define RS_CHARGE_EMPTY_MV 3300u
#define RS_CHARGE_READINGS 3u /* in a row that must say empty: the radio pulls the voltage down for moments */
#define RS_CHARGE_EVERY_US 1000000u

struct rs_charge {
    struct rs_battery now;
    uint8_t empty;    /* readings in a row */
    uint64_t read_us; /* when it was read last */
};

/* Reads the battery. Empty at once, if it is: a start with an empty battery must not write. */
void rs_charge_begin(struct rs_charge *charge, const struct rs_panel *panel, uint64_t now_us);

/* Reads it again when it is time to. */
void rs_charge_poll(struct rs_charge *charge, const struct rs_panel *panel, uint64_t now_us);

/* Too low to begin to stream or to log. */
bool rs_charge_is_low(const struct rs_charge *charge);

/* Too low to write. */
bool rs_charge_is_empty(const struct rs_charge *charge);

#endif

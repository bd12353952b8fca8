/* How deep the board may sleep.
 *
 * In light sleep the clock is kept by an oscillator without a crystal, which wanders further than two legs' strides may
 * lie apart. So the sensor sleeps lightly only when nobody is going to compare its clock with anything: no host,
 * nothing measured, and no log that waits for the host who will read the clock once more. */
#ifndef RS_SLUMBER_H
#define RS_SLUMBER_H

#include "device.h"

enum rs_depth {
    RS_AWAKE,  /* the clock must keep its crystal */
    RS_DOZE,   /* light sleep */
    RS_ASLEEP, /* deep sleep: a restart, with a clock of its own */
};

struct rs_slumber {
    uint64_t idle_us;     /* how long with nothing to do until it falls asleep */
    uint64_t waiting_us;  /* the same with a log that no host has copied yet */
    uint64_t busy_us;     /* when there was something to do last */
};

void rs_slumber_begin(struct rs_slumber *slumber, uint64_t idle_us, uint64_t waiting_us, uint64_t now_us);

enum rs_depth rs_slumber_depth(struct rs_slumber *slumber, const struct rs_device *device, uint64_t now_us);

/* Nothing is going on that sleep would end: no host, no stream, no log being written. */
bool rs_slumber_may_end(const struct rs_device *device);

#endif

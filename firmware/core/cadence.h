/* A chip whose samples are also counted into steps, for watches: it stands between the device and the real one. */
#ifndef RS_CADENCE_H
#define RS_CADENCE_H

#include "chip.h"
#include "rsc.h"

struct rs_cadence_chip {
    struct rs_chip inner;
    struct rs_chip_driver driver; /* of the model within */
    struct rs_rsc rsc;
    bool runs;
};

/* The chip to give to the device. `cadence` must live as long as it. */
struct rs_chip rs_cadence_chip(struct rs_cadence_chip *cadence, struct rs_chip inner, enum rs_place place);

/* None while the chip is stopped. */
struct rs_cadence rs_cadence_now(const struct rs_cadence_chip *cadence);

#endif

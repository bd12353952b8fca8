/* A motion chip without registers: evenly spaced samples that tell their own number. */
#ifndef RS_TEST_PERFECT_CHIP_H
#define RS_TEST_PERFECT_CHIP_H

#include "chip.h"

struct perfect_chip {
    const struct rs_clock *clock;
    bool dead;             /* answers nothing */
    bool still;            /* answers, and never has a sample */
    bool clips;            /* every sample stands at the end of its range */
    bool overflows;        /* once: samples were lost before the next */
    bool running;
    uint32_t period_us;
    uint32_t starts;
    uint32_t given;        /* samples since the start */
    uint64_t started_us;
};

/* It has 100 to 800 Hz, 2 to 32 g and up to 2000 degrees per second. */
struct rs_chip perfect_chip_make(struct perfect_chip *perfect, const struct rs_clock *clock);

/* The sample of this number since the start. */
struct rs_sample perfect_chip_sample(uint32_t number);

#endif

/* A motion chip on a bench: registers, a FIFO that fills as time passes, an interrupt line, and faults on the
 * bus.
 *
 * Written from the datasheets' side, so it shares no table with the drivers. Sample k holds counts made of
 * k, so a test sees at once what is missing, doubled or torn; the true time of every sample is kept. */
#ifndef RS_TEST_BENCH_H
#define RS_TEST_BENCH_H

#include "chip.h"

#define BENCH_UNIT_BYTES 16u
#define BENCH_UNITS      640u
#define BENCH_SAMPLES    65536u

struct bench;

struct bench_kind {
    void (*reset)(struct bench *bench);
    void (*wrote)(struct bench *bench, uint8_t reg, uint8_t value);
    uint8_t (*read)(struct bench *bench, uint8_t reg);
    void (*measure)(struct bench *bench, uint32_t k);  /* puts sample k into the FIFO */
    double (*rate_hz)(const struct bench *bench);      /* 0: off */
    uint32_t (*mark_bytes)(const struct bench *bench); /* the level that raises the interrupt; 0: none */
    uint8_t fifo_port;
    uint32_t fifo_room;
    uint8_t load_port;          /* a register that takes whole bursts; 0: none */
    bool gives_cut_units_again; /* a unit of which only a part was read comes whole the next time */
};

struct bench_unit {
    uint8_t size;
    uint8_t bytes[BENCH_UNIT_BYTES];
};

struct bench {
    const struct bench_kind *kind;
    struct rs_bus bus;
    struct rs_clock clock;
    double now_us;
    double us_per_byte;
    double rate_error; /* of the chip's oscillator: 1.01 is 1 % fast */
    double rate_drift; /* added to it every second */
    double latency_us; /* an interrupt waits up to that long for its handler */
    uint32_t random;

    uint8_t regs[256];
    uint8_t who; /* to pretend another chip */
    struct bench_unit fifo[BENCH_UNITS];
    uint32_t first, units, level_bytes;
    bool overflowed;
    uint32_t skipped;
    double next_us;
    uint32_t made;
    double true_us[BENCH_SAMPLES];
    bool interrupt;
    double interrupt_us;

    uint32_t operations;              /* on the bus */
    uint32_t fail_from, fail_count;   /* operations that fail, counted from 1 */
    int stuck;                        /* 0 to 255: all that the bus reads; -1: works */
    bool noisy;                       /* reads give noise */
    uint32_t spoil_every, spoil_kind; /* every so many samples something else comes */

    /* of the families */
    uint8_t slot;
    uint32_t loaded_bytes, load_at;
    uint8_t loaded[8192];
};

void bench_begin(struct bench *bench, const struct bench_kind *kind);

/* Lets time pass; the chip measures as it does. */
void bench_pass(struct bench *bench, double us);

/* Until the interrupt rises, or `us` have passed; the handler's reading of the clock, or 0. */
uint64_t bench_interrupt(struct bench *bench, double us);

void bench_push(struct bench *bench, const uint8_t *bytes, uint8_t size);
uint32_t bench_random(struct bench *bench);

/* The counts of sample k, and which sample it is; -1 where the counts belong to none. */
struct rs_sample bench_sample(uint32_t k, bool six_axes);
int32_t bench_which(const struct rs_sample *sample, bool six_axes, uint32_t near);

extern const struct bench_kind bench_dso32, bench_dsv32x, bench_icm42688, bench_bmi270;

#endif

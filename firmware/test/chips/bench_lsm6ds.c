/* LSM6DSO32 and LSM6DSV32X, as their datasheets describe them. */
#include "bench.h"

#include <string.h>

static void reset(struct bench *bench) {
    memset(bench->regs, 0, sizeof bench->regs);
    bench->units = bench->level_bytes = 0;
    bench->overflowed = false;
    bench->interrupt = false;
    bench->regs[0x12] = 0x04;
}

static void wrote(struct bench *bench, uint8_t reg, uint8_t value) {
    if (reg == 0x12 && (value & 1u) != 0) {
        reset(bench);
        return;
    }
    bench->regs[reg] = value;
    if (reg == 0x0a && (value & 7u) == 0) { /* bypass empties the FIFO */
        bench->units = bench->level_bytes = 0;
        bench->overflowed = false;
        bench->interrupt = false;
    }
}

static uint8_t read_status(struct bench *bench, uint8_t which, uint8_t high_bits) {
    const uint32_t words = bench->level_bytes / 7u;
    if (which == 0) {
        return (uint8_t)words;
    }
    const uint8_t flags = bench->overflowed ? 0x48 : 0;
    bench->overflowed = false;
    return (uint8_t)(((words >> 8) & high_bits) | flags);
}

static uint8_t read_dso32(struct bench *bench, uint8_t reg) {
    switch (reg) {
    case 0x0f:
        return bench->who ? bench->who : 0x6c;
    case 0x3a:
    case 0x3b:
        return read_status(bench, (uint8_t)(reg - 0x3a), 3);
    default:
        return bench->regs[reg];
    }
}

static uint8_t read_dsv32x(struct bench *bench, uint8_t reg) {
    switch (reg) {
    case 0x0f:
        return bench->who ? bench->who : 0x70;
    case 0x1b:
    case 0x1c:
        return read_status(bench, (uint8_t)(reg - 0x1b), 1);
    default:
        return bench->regs[reg];
    }
}

static double rate_dso32(const struct bench *bench) {
    static const double rates[16] = {0, 12.5, 26, 52, 104, 208, 417, 833};
    return rates[bench->regs[0x10] >> 4];
}

static double rate_dsv32x(const struct bench *bench) {
    static const double accurate[16] = {[3] = 12.5, [4] = 25,  [5] = 50, [6] = 100,
                                        [7] = 200,  [8] = 400, [9] = 800};
    static const double plain[16] = {0, 1.875, 7.5, 15, 30, 60, 120, 240, 480, 960};
    const uint8_t code = bench->regs[0x10] & 0x0f;
    return (bench->regs[0x10] >> 4) == 1 && (bench->regs[0x62] & 3u) == 2 ? accurate[code] : plain[code];
}

static uint32_t mark_bytes(const struct bench *bench) {
    return (bench->regs[0x0d] & 8u) != 0 ? (bench->regs[0x07] | (bench->regs[0x08] & 1u) << 8) * 7u : 0;
}

static void word(struct bench *bench, uint8_t tag, const int16_t axes[3]) {
    uint8_t bytes[7] = {(uint8_t)(tag << 3 | bench->slot << 1)};
    for (int i = 0; i < 3; i++) {
        bytes[1 + 2 * i] = (uint8_t)((uint16_t)axes[i] & 0xff);
        bytes[2 + 2 * i] = (uint8_t)((uint16_t)axes[i] >> 8);
    }
    bench_push(bench, bytes, sizeof bytes);
}

/* What is batched: both sensors only if both run at the rate of the FIFO. */
static void measure(struct bench *bench, uint32_t k) {
    const bool gyr = (bench->regs[0x09] & 0xf0) != 0 && bench->regs[0x11] != 0;
    const struct rs_sample sample = bench_sample(k, gyr);
    const int16_t other[3] = {1, 2, 3};
    if ((bench->regs[0x0a] & 7u) != 6 || (bench->regs[0x09] & 0x0f) == 0) {
        return;
    }
    const bool spoil = bench->spoil_every > 0 && k % bench->spoil_every == bench->spoil_every - 1u;
    bench->slot = (bench->slot + 1u) & 3u;
    if (spoil && bench->spoil_kind == 0) {
        word(bench, 3, other); /* temperature: allowed */
    }
    if (spoil && bench->spoil_kind == 1) {
        word(bench, 31, other); /* in place of a word */
    } else if (gyr) {
        word(bench, 1, sample.gyr);
    }
    if (spoil && bench->spoil_kind == 2) {
        return; /* the acceleration never comes */
    }
    word(bench, 2, sample.acc);
}

const struct bench_kind bench_dso32 = {reset,      wrote, read_dso32, measure, rate_dso32,
                                       mark_bytes, 0x78,  512 * 7,    0,       false};
const struct bench_kind bench_dsv32x = {reset,      wrote, read_dsv32x, measure, rate_dsv32x,
                                        mark_bytes, 0x78,  256 * 7,     0,       false};

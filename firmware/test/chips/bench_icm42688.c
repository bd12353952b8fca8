/* ICM-42688-P, as its datasheet describes it. */
#include "bench.h"

#include <string.h>

static void reset(struct bench *bench) {
    memset(bench->regs, 0, sizeof bench->regs);
    bench->regs[0x4c] = 0x30;
    bench->regs[0x4f] = bench->regs[0x50] = 0x06;
    bench->regs[0x64] = 0x10;
    bench->units = bench->level_bytes = 0;
    bench->overflowed = false;
    bench->interrupt = false;
}

static void wrote(struct bench *bench, uint8_t reg, uint8_t value) {
    if (reg == 0x11 && (value & 1u) != 0) {
        reset(bench);
        return;
    }
    bench->regs[reg] = value;
    if (reg == 0x4b && (value & 2u) != 0) {
        bench->units = bench->level_bytes = 0;
        bench->overflowed = false;
        bench->interrupt = false;
    }
}

static uint32_t packet_bytes(const struct bench *bench) { return (bench->regs[0x5f] & 3u) == 3 ? 16 : 8; }

static uint8_t read_reg(struct bench *bench, uint8_t reg) {
    /* In packets or bytes, as asked. */
    const uint32_t count = (bench->regs[0x4c] & 0x40) != 0 ? bench->units : bench->level_bytes;
    switch (reg) {
    case 0x2d: {
        const uint8_t flags = bench->overflowed ? 0x02 : 0;
        bench->overflowed = false;
        return flags;
    }
    case 0x2e:
        return (uint8_t)((bench->regs[0x4c] & 0x20) != 0 ? count >> 8 : count);
    case 0x2f:
        return (uint8_t)((bench->regs[0x4c] & 0x20) != 0 ? count : count >> 8);
    case 0x75:
        return bench->who ? bench->who : 0x47;
    default:
        return bench->regs[reg];
    }
}

static double rate_hz(const struct bench *bench) {
    static const double rates[16] = {[3] = 8000, [4] = 4000, [5] = 2000, [6] = 1000,
                                     [7] = 200,  [8] = 100,  [9] = 50,   [15] = 500};
    return (bench->regs[0x4e] & 3u) == 3 ? rates[bench->regs[0x50] & 0x0f] : 0;
}

static uint32_t mark_bytes(const struct bench *bench) {
    const uint32_t mark = bench->regs[0x60] | (bench->regs[0x61] & 0x0fu) << 8;
    const bool silent = (bench->regs[0x64] & 0x10) != 0; /* the bit that must be cleared */
    return (bench->regs[0x65] & 4u) != 0 && !silent ? mark * packet_bytes(bench) : 0;
}

static void put(struct bench *bench, uint8_t *bytes, const int16_t axes[3]) {
    const bool big = (bench->regs[0x4c] & 0x10) != 0;
    for (int i = 0; i < 3; i++) {
        bytes[2 * i + (big ? 1 : 0)] = (uint8_t)((uint16_t)axes[i] & 0xff);
        bytes[2 * i + (big ? 0 : 1)] = (uint8_t)((uint16_t)axes[i] >> 8);
    }
}

static void measure(struct bench *bench, uint32_t k) {
    const bool gyr = packet_bytes(bench) == 16;
    struct rs_sample sample = bench_sample(k, gyr);
    uint8_t bytes[16] = {gyr ? 0x68 : 0x40};
    if (bench->regs[0x16] >> 6 != 1 || (bench->regs[0x5f] & 1u) == 0) {
        return;
    }
    const bool spoil = bench->spoil_every > 0 && k % bench->spoil_every == bench->spoil_every - 1u;
    if (spoil && bench->spoil_kind == 0) {
        sample.acc[1] = INT16_MIN; /* no value */
    }
    if (spoil && bench->spoil_kind == 1) {
        bytes[0] = 0x80; /* says that it is empty */
    }
    put(bench, bytes + 1, sample.acc);
    if (gyr) {
        put(bench, bytes + 7, sample.gyr);
    }
    bench_push(bench, bytes, (uint8_t)packet_bytes(bench));
}

const struct bench_kind bench_icm42688 = {reset,      wrote, read_reg, measure, rate_hz,
                                          mark_bytes, 0x30,  2048,     0,       false};

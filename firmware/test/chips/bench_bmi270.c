/* BMI270, as its datasheet describes it. It accepts any configuration of 8192 bytes that begins with c8. */
#include "bench.h"

#include <string.h>

static void reset(struct bench *bench) {
    memset(bench->regs, 0, sizeof bench->regs);
    bench->regs[0x7c] = 0x03;
    bench->units = bench->level_bytes = 0;
    bench->skipped = 0;
    bench->interrupt = false;
    bench->loaded_bytes = bench->load_at = 0;
}

static void wrote(struct bench *bench, uint8_t reg, uint8_t value) {
    if (reg == 0x7e && value == 0xb6) {
        reset(bench);
        return;
    }
    if (reg == 0x7e && value == 0xb0) {
        bench->units = bench->level_bytes = 0;
        bench->skipped = 0;
        bench->interrupt = false;
    }
    if (reg == 0x5e) {
        if (bench->load_at < sizeof bench->loaded && bench->regs[0x7c] == 0) {
            bench->loaded[bench->load_at++] = value;
            bench->loaded_bytes++;
        }
        return;
    }
    bench->regs[reg] = value;
    if (reg == 0x5b || reg == 0x5c) {
        bench->load_at = ((bench->regs[0x5b] & 0x0fu) | (uint32_t)bench->regs[0x5c] << 4) * 2u;
    }
    if (reg == 0x59 && value == 1 && bench->loaded_bytes == sizeof bench->loaded &&
        bench->loaded[0] == 0xc8) {
        bench->regs[0x21] = 0x01;
    }
}

static uint8_t read_reg(struct bench *bench, uint8_t reg) {
    const uint32_t length = bench->level_bytes + (bench->skipped > 0 ? 2u : 0u);
    switch (reg) {
    case 0x00:
        return bench->who ? bench->who : 0x24;
    case 0x24:
        return (uint8_t)length;
    case 0x25:
        return (uint8_t)(length >> 8);
    default:
        return bench->regs[reg];
    }
}

static double rate_hz(const struct bench *bench) {
    static const double rates[16] = {[8] = 100, [9] = 200, [10] = 400, [11] = 800, [12] = 1600};
    return bench->regs[0x21] == 1 && (bench->regs[0x7d] & 4u) != 0 ? rates[bench->regs[0x40] & 0x0f] : 0;
}

static uint32_t mark_bytes(const struct bench *bench) {
    const bool wired = (bench->regs[0x53] & 8u) != 0 && (bench->regs[0x58] & 2u) != 0;
    return wired ? bench->regs[0x46] | (bench->regs[0x47] & 0x1fu) << 8 : 0;
}

static void put(uint8_t *bytes, const int16_t axes[3]) {
    for (int i = 0; i < 3; i++) {
        bytes[2 * i] = (uint8_t)((uint16_t)axes[i] & 0xff);
        bytes[2 * i + 1] = (uint8_t)((uint16_t)axes[i] >> 8);
    }
}

static void measure(struct bench *bench, uint32_t k) {
    const bool gyr = (bench->regs[0x49] & 0x80) != 0 && (bench->regs[0x7d] & 2u) != 0;
    struct rs_sample sample = bench_sample(k, gyr);
    uint8_t bytes[13] = {(uint8_t)((gyr ? 0x8c : 0x84) | (k & 3u))}; /* with the interrupt inputs' level */
    const uint8_t settings[5] = {0x48, 1, 2, 3, 4}, clock[4] = {0x44, 1, 2, 3};
    const int16_t none[3] = {INT16_MIN, INT16_MIN, INT16_MIN};
    if ((bench->regs[0x49] & 0x50) != 0x50 || bench->regs[0x48] != 0) {
        return;
    }
    const bool spoil = bench->spoil_every > 0 && k % bench->spoil_every == bench->spoil_every - 1u;
    if (spoil && bench->spoil_kind == 0) {
        bench_push(bench, settings, sizeof settings);
        bench_push(bench, clock, sizeof clock);
    }
    if (spoil && bench->spoil_kind == 1) {
        memcpy(sample.acc, none, sizeof none);
    }
    if (spoil && bench->spoil_kind == 2) {
        bytes[0] = 0x10; /* no frame at all */
    }
    if (spoil && bench->spoil_kind == 3 && gyr) { /* only one of the two was ready */
        bytes[0] = 0x88;
        put(bytes + 1, sample.gyr);
        bench_push(bench, bytes, 7);
        return;
    }
    if (gyr) {
        put(bytes + 1, sample.gyr);
    }
    put(bytes + (gyr ? 7 : 1), sample.acc);
    bench_push(bench, bytes, gyr ? 13 : 7);
}

const struct bench_kind bench_bmi270 = {reset,      wrote, read_reg, measure, rate_hz,
                                        mark_bytes, 0x26,  2048,     0x5e,    true};

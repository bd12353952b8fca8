#include "bench.h"

#include <string.h>

static uint64_t time_us(void *board) {
    const struct bench *bench = board;
    return (uint64_t)bench->now_us;
}

uint32_t bench_random(struct bench *bench) {
    bench->random = bench->random * 1664525u + 1013904223u;
    return bench->random >> 8;
}

static bool fails(struct bench *bench) {
    const uint32_t n = ++bench->operations;
    return bench->fail_from > 0 && n >= bench->fail_from && n < bench->fail_from + bench->fail_count;
}

static void drop_first(struct bench *bench) {
    bench->level_bytes -= bench->fifo[bench->first].size;
    bench->first = (bench->first + 1u) % BENCH_UNITS;
    bench->units--;
}

void bench_push(struct bench *bench, const uint8_t *bytes, uint8_t size) {
    while (bench->level_bytes + size > bench->kind->fifo_room) {
        drop_first(bench);
        bench->overflowed = true;
        bench->skipped++;
    }
    const uint32_t before = bench->level_bytes;
    struct bench_unit *unit = &bench->fifo[(bench->first + bench->units) % BENCH_UNITS];
    unit->size = size;
    memcpy(unit->bytes, bytes, size);
    bench->units++;
    bench->level_bytes += size;
    const uint32_t mark = bench->kind->mark_bytes(bench);
    if (mark > 0 && before < mark && bench->level_bytes >= mark) {
        bench->interrupt = true;
        bench->interrupt_us = bench->now_us + bench->latency_us * (bench_random(bench) & 0xffu) / 255.0;
    }
}

static double period_us(const struct bench *bench) {
    const double rate = bench->kind->rate_hz(bench);
    return rate > 0 ? 1e6 / (rate * (bench->rate_error + bench->rate_drift * bench->now_us * 1e-6)) : 0;
}

void bench_pass(struct bench *bench, double us) {
    const double until = bench->now_us + us;
    for (;;) {
        const double period = period_us(bench);
        if (period <= 0) {
            bench->next_us = 0;
            break;
        }
        if (bench->next_us <= 0) {
            bench->next_us = bench->now_us + period;
        }
        if (bench->next_us > until) {
            break;
        }
        bench->now_us = bench->next_us;
        bench->true_us[bench->made % BENCH_SAMPLES] = bench->now_us;
        bench->kind->measure(bench, bench->made++);
        bench->next_us += period;
    }
    bench->now_us = until;
}

uint64_t bench_interrupt(struct bench *bench, double us) {
    const double until = bench->now_us + us;
    while (!bench->interrupt && bench->now_us < until) {
        bench_pass(bench, 20);
    }
    if (!bench->interrupt) {
        return 0;
    }
    bench->interrupt = false;
    if (bench->now_us < bench->interrupt_us) {
        bench_pass(bench, bench->interrupt_us - bench->now_us);
    }
    return (uint64_t)bench->interrupt_us;
}

/* A chip that counts what it overwrote says so before the first frame that is left. */
static void tell_skipped(struct bench *bench) {
    if (!bench->kind->gives_cut_units_again || bench->skipped == 0) {
        return;
    }
    bench->first = (bench->first + BENCH_UNITS - 1u) % BENCH_UNITS;
    bench->fifo[bench->first] =
        (struct bench_unit){2, {0x40, (uint8_t)(bench->skipped < 255u ? bench->skipped : 255u)}};
    bench->units++;
    bench->level_bytes += 2;
    bench->skipped = 0;
}

static void read_fifo(struct bench *bench, uint8_t *bytes, size_t count) {
    uint8_t at = 0;
    tell_skipped(bench);
    for (size_t i = 0; i < count; i++) {
        bytes[i] = bench->units == 0 ? (bench->kind->gives_cut_units_again ? 0x80 : 0)
                                     : bench->fifo[bench->first].bytes[at];
        if (bench->units > 0 && ++at == bench->fifo[bench->first].size) {
            drop_first(bench);
            at = 0;
        }
    }
    if (at > 0 && !bench->kind->gives_cut_units_again) {
        drop_first(bench);
    }
}

static bool bus_read(void *board, uint8_t reg, uint8_t *bytes, size_t count) {
    struct bench *bench = board;
    const bool failed = fails(bench);
    if (reg == bench->kind->fifo_port) {
        read_fifo(bench, bytes, count); /* a failed burst takes from the FIFO all the same */
    } else {
        for (size_t i = 0; i < count; i++) {
            bytes[i] = bench->kind->read(bench, (uint8_t)(reg + i));
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (bench->stuck >= 0) {
            bytes[i] = (uint8_t)bench->stuck;
        } else if (bench->noisy || failed) {
            bytes[i] = (uint8_t)bench_random(bench);
        }
    }
    bench_pass(bench, bench->us_per_byte * (double)(count + 1u));
    return !failed;
}

static bool bus_write(void *board, uint8_t reg, const uint8_t *bytes, size_t count) {
    struct bench *bench = board;
    if (fails(bench)) {
        return false;
    }
    for (size_t i = 0; i < count && bench->stuck < 0; i++) {
        const bool stays = reg == bench->kind->load_port && reg != 0;
        bench->kind->wrote(bench, stays ? reg : (uint8_t)(reg + i), bytes[i]);
    }
    bench_pass(bench, bench->us_per_byte * (double)(count + 1u));
    return true;
}

static void wait_us(void *board, uint32_t us) { bench_pass(board, us); }

void bench_begin(struct bench *bench, const struct bench_kind *kind) {
    memset(bench, 0, sizeof *bench);
    bench->kind = kind;
    bench->bus = (struct rs_bus){bench, bus_read, bus_write, wait_us};
    bench->clock = (struct rs_clock){bench, time_us};
    bench->now_us = 12345;
    bench->us_per_byte = 1; /* SPI at 8 MHz */
    bench->rate_error = 1;
    bench->latency_us = 10;
    bench->random = 1;
    bench->stuck = -1;
    kind->reset(bench);
}

struct rs_sample bench_sample(uint32_t k, bool six_axes) {
    const int16_t n = (int16_t)(k % 30000u);
    struct rs_sample sample = {.acc = {n, (int16_t)-n, (int16_t)(n ^ 0x55)}};
    if (six_axes) {
        sample.gyr[0] = (int16_t)(n - 15000);
        sample.gyr[1] = (int16_t)(15000 - n);
        sample.gyr[2] = (int16_t)(n ^ 0x2a);
    }
    return sample;
}

int32_t bench_which(const struct rs_sample *sample, bool six_axes, uint32_t near) {
    if (sample->acc[0] < 0) {
        return -1;
    }
    const uint32_t round = near / 30000u;
    const uint32_t k = round * 30000u + (uint16_t)sample->acc[0];
    const struct rs_sample whole = bench_sample(k, six_axes);
    const bool same = memcmp(whole.acc, sample->acc, sizeof whole.acc) == 0 &&
                      (!six_axes || memcmp(whole.gyr, sample->gyr, sizeof whole.gyr) == 0);
    return same ? (int32_t)k : -1;
}

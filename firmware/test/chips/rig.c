#include "rig.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const struct bench_kind *const kinds[CHIPS] = {&bench_dso32, &bench_dsv32x, &bench_icm42688,
                                                      &bench_bmi270};

struct rig *rig_of(int which) {
    struct rig *rig = calloc(1, sizeof *rig);
    bench_begin(&rig->bench, kinds[which]);
    const struct rs_bus *bus = &rig->bench.bus;
    const struct rs_clock *clock = &rig->bench.clock;
    for (size_t i = 0; i < sizeof rig->config; i++) {
        rig->config[i] = (uint8_t)(i * 7u + (i >> 8));
    }
    rig->config[0] = 0xc8;
    switch (which) {
    case DSO32:
        rig->chip = rs_lsm6dso32(&rig->family.lsm6ds, bus, clock);
        break;
    case DSV32X:
        rig->chip = rs_lsm6dsv32x(&rig->family.lsm6ds, bus, clock);
        break;
    case ICM:
        rig->chip = rs_icm42688(&rig->family.icm42688, bus, clock);
        break;
    default:
        rig->chip = rs_bmi270(&rig->family.bmi270, rig->config, sizeof rig->config, bus, clock);
    }
    rig->last = -1;
    return rig;
}

struct rs_sampler *sampler_of(struct rig *rig) {
    return &rig->family.lsm6ds.sampler; /* first in all of them */
}

struct rs_setting setting(uint16_t rate_hz, uint8_t acc_range_g, uint16_t gyr_range_dps) {
    return (struct rs_setting){rate_hz, acc_range_g, gyr_range_dps};
}

bool rig_start(struct rig *rig, struct rs_setting wanted) {
    rig->setting = rig->chip.driver->nearest(&rig->chip, wanted);
    return rig->chip.driver->start(&rig->chip, rig->setting);
}

double period_us(const struct rig *rig) {
    return 1e9 / rig->chip.driver->scales(&rig->chip, rig->setting).rate_mhz;
}

static void look_at(struct rig *rig, const struct rs_batch *batch, const struct rs_sample *samples,
                    uint32_t settled) {
    const bool six = rig->setting.gyr_range_dps > 0;
    const int32_t first = bench_which(&samples[0], six, rig->last < 0 ? 0 : (uint32_t)rig->last);
    if (rig->batches > 0) {
        rig->flags |= batch->lost;
    }
    if (first >= 0) {
        const double error = (double)batch->first_us - rig->bench.true_us[first];
        if (rig->batches == 0) {
            rig->first_error_us = error;
        }
        if (rig->batches >= settled && fabs(error) > fabs(rig->worst_us)) {
            rig->worst_us = error;
        }
        if (rig->last >= 0 && first != rig->last + 1) {
            const double by_time =
                ((double)batch->first_us - (double)rig->last_us) / period_us(rig) * rig->bench.rate_error;
            rig->worst_gap = fmax(rig->worst_gap, fabs(by_time - (double)(first - rig->last)));
            rig->holes++;
            rig->unsaid += batch->lost == 0;
        }
    }
    rig->backwards += rig->got > 0 && batch->first_us <= rig->last_us;
    for (uint16_t i = 0; i < batch->count; i++) {
        const int32_t k = bench_which(&samples[i], six, rig->last < 0 ? 0 : (uint32_t)rig->last);
        rig->torn += k < 0 || (i > 0 && k != rig->last + 1); /* no hole inside a batch */
        rig->last = k < 0 ? rig->last + 1 : k;
    }
    rig->last_us = batch->first_us + (uint64_t)((batch->count - 1) * period_us(rig));
    rig->got += batch->count;
    rig->batches++;
}

/* What no test could go on after. */
static void must(bool holds, const char *otherwise) {
    if (!holds) {
        fprintf(stderr, "rig: %s\n", otherwise);
        abort();
    }
}

uint8_t drain(struct rig *rig, uint16_t room, uint64_t interrupt_us, uint32_t settled) {
    static struct rs_sample samples[64];
    for (int i = 0; i < 1000; i++) {
        const struct rs_batch batch = rig->chip.driver->take(&rig->chip, samples, room, interrupt_us);
        must(batch.count <= room, "more samples than there is room for");
        if (batch.count == 0) {
            return batch.lost;
        }
        look_at(rig, &batch, samples, settled);
        interrupt_us = 0;
    }
    must(false, "the FIFO never ends");
    return 0;
}

void run(struct rig *rig, double seconds, double late_us, uint16_t room, uint32_t settled) {
    const double until = rig->bench.now_us + seconds * 1e6;
    while (rig->bench.now_us < until) {
        const uint64_t at = bench_interrupt(&rig->bench, 200000);
        bench_pass(&rig->bench, late_us * (bench_random(&rig->bench) & 0xff) / 255.0);
        drain(rig, room, at, settled);
    }
}

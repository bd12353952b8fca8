#include "cadence.h"

static bool probe(struct rs_chip *chip) {
    struct rs_cadence_chip *cadence = chip->family;
    return cadence->inner.driver->probe(&cadence->inner);
}

static struct rs_setting nearest(const struct rs_chip *chip, struct rs_setting wanted) {
    const struct rs_cadence_chip *cadence = chip->family;
    return cadence->inner.driver->nearest(&cadence->inner, wanted);
}

static struct rs_scales scales(const struct rs_chip *chip, struct rs_setting taken) {
    const struct rs_cadence_chip *cadence = chip->family;
    return cadence->inner.driver->scales(&cadence->inner, taken);
}

static bool start(struct rs_chip *chip, struct rs_setting taken) {
    struct rs_cadence_chip *cadence = chip->family;
    rs_rsc_begin(&cadence->rsc, cadence->rsc.place, scales(chip, taken));
    cadence->runs = cadence->inner.driver->start(&cadence->inner, taken);
    return cadence->runs;
}

static bool stop(struct rs_chip *chip) {
    struct rs_cadence_chip *cadence = chip->family;
    cadence->runs = false;
    return cadence->inner.driver->stop(&cadence->inner);
}

static struct rs_batch take(struct rs_chip *chip, struct rs_sample *samples, uint16_t room,
                            uint64_t interrupt_us) {
    struct rs_cadence_chip *cadence = chip->family;
    const struct rs_batch batch = cadence->inner.driver->take(&cadence->inner, samples, room, interrupt_us);
    rs_rsc_add(&cadence->rsc, samples, batch.count, batch.lost);
    return batch;
}

struct rs_chip rs_cadence_chip(struct rs_cadence_chip *cadence, struct rs_chip inner, enum rs_place place) {
    *cadence = (struct rs_cadence_chip){
        .inner = inner,
        .driver = {inner.driver->model, probe, nearest, scales, start, stop, take},
        .rsc = {.place = place},
    };
    return (struct rs_chip){.driver = &cadence->driver, .family = cadence};
}

struct rs_cadence rs_cadence_now(const struct rs_cadence_chip *cadence) {
    return cadence->runs ? rs_rsc_cadence(&cadence->rsc) : (struct rs_cadence){0};
}

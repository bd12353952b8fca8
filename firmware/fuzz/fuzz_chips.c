/* Every chip's driver on a bus that gives any bytes: no sample more than asked for, no time that goes back. */
#include <string.h>

#include "fuzz.h"
#include "rig.h"

static struct fuzz_input input;
static struct rig *rigs[CHIPS][2];

/* Reads of the chip are the input; now and then one fails. */
static bool any_bytes(void *board, uint8_t reg, uint8_t *bytes, size_t count) {
    struct bench *bench = board;
    (void)reg;
    for (size_t i = 0; i < count; i++) {
        bytes[i] = fuzz_byte(&input);
    }
    bench->now_us += (double)count;
    return fuzz_byte(&input) != 0xee;
}

/* A rig whose chip was started in order, made once. */
static struct rig *started(int which, bool six_axes) {
    struct rig *rig = rigs[which][six_axes];
    if (rig == NULL) {
        rig = rig_of(which);
        MUST(rig_start(rig, setting(800, 16, six_axes ? 2000 : 0)));
        rig->bench.bus.read = any_bytes;
        rigs[which][six_axes] = rig;
    }
    return rig;
}

static void take_all(struct rs_chip *chip, struct bench *bench) {
    uint64_t last_us = 0;
    while (input.left > 0) {
        struct rs_sample samples[64];
        const uint8_t how = fuzz_byte(&input);
        const uint16_t room = how & 63u;
        bench->now_us += fuzz_byte(&input) * (how & 128u ? 2000.0 : 100.0);
        const uint64_t now_us = (uint64_t)bench->now_us;
        const struct rs_batch batch = chip->driver->take(chip, samples, room, how & 64u ? now_us - (how & 31u) : 0);
        MUST(batch.count <= room && (batch.lost & ~(RS_OVERFLOW | RS_BUS_ERROR | RS_GAP)) == 0);
        MUST(batch.count == 0 || batch.first_us > last_us);
        last_us = batch.count > 0 ? batch.first_us : last_us;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
    input = (struct fuzz_input){bytes, count};
    const uint8_t which = fuzz_byte(&input);
    struct rig *rig = started(which % CHIPS, (which & 128u) != 0);
    /* What the driver keeps and the time are all that a run changes. */
    const double now_us = rig->bench.now_us;
    unsigned char family[sizeof rig->family];
    memcpy(family, &rig->family, sizeof family);
    take_all(&rig->chip, &rig->bench);
    memcpy(&rig->family, family, sizeof family);
    rig->bench.now_us = now_us;
    return 0;
}

/* How a family says its level, and one unit of its FIFO. */
size_t fuzz_seed(unsigned number, uint8_t bytes[FUZZ_ROOM]) {
    static const struct {
        uint8_t level[8], unit[16], level_bytes, unit_bytes;
    } shapes[CHIPS] = {
        [DSO32] = {{4, 0, 0}, {0x10, 1, 2, 3, 4, 5, 6}, 2, 7},
        [DSV32X] = {{4, 0, 0}, {0x10, 1, 2, 3, 4, 5, 6}, 2, 7},
        [ICM] = {{0, 0, 64}, {0x68, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, 3, 16},
        [BMI] = {{52, 0}, {0x8c, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, 2, 13},
    };
    if (number >= 2u * CHIPS) {
        return 0;
    }
    const unsigned which = number % CHIPS;
    size_t size = 0;
    bytes[size++] = (uint8_t)(which | (number < CHIPS ? 128u : 0));
    for (unsigned take = 0; take < 8; take++) {
        bytes[size++] = 63;
        bytes[size++] = 50;
        memcpy(bytes + size, shapes[which].level, shapes[which].level_bytes);
        size += shapes[which].level_bytes;
        bytes[size++] = 0;
        for (unsigned unit = 0; unit < 4; unit++) {
            memcpy(bytes + size, shapes[which].unit, shapes[which].unit_bytes);
            bytes[size] = (uint8_t)(bytes[size] | (which < ICM && unit % 2 ? 0x08u : 0));
            size += shapes[which].unit_bytes;
        }
        bytes[size++] = 0;
    }
    return size;
}

#include "sampler.h"

#define WATERMARK_MS 40u
#define SILENT_US                                                                                            \
    500000u /* no chip that runs is without a sample for so long: it was reset, or its wires are off */
#define READ_LIMIT_US 5000u /* a level that took longer to read tells no time */

void rs_sampler_begin(struct rs_sampler *sampler, const struct rs_bus *bus, const struct rs_clock *board,
                      const struct rs_fifo *fifo) {
    *sampler = (struct rs_sampler){.bus = bus, .board = board, .fifo = fifo};
}

bool rs_sampler_write(const struct rs_sampler *sampler, const struct rs_step *steps, size_t count) {
    const struct rs_bus *bus = sampler->bus;
    for (size_t i = 0; i < count; i++) {
        if (!bus->write(bus->board, steps[i].reg, &steps[i].value, 1)) {
            return false;
        }
        if (steps[i].wait_us > 0) {
            bus->wait_us(bus->board, steps[i].wait_us);
        }
    }
    return true;
}

bool rs_sampler_reads(const struct rs_sampler *sampler, uint8_t reg, uint8_t mask, uint8_t value) {
    uint8_t read = 0;
    return sampler->bus->read(sampler->bus->board, reg, &read, 1) && (read & mask) == value;
}

uint16_t rs_sampler_watermark(uint16_t rate_hz) {
    return (uint16_t)((uint32_t)rate_hz * WATERMARK_MS / 1000u);
}

static uint64_t now(const struct rs_sampler *sampler) {
    return sampler->board->time_us(sampler->board->board);
}

void rs_sampler_start(struct rs_sampler *sampler, uint32_t rate_mhz, uint16_t watermark,
                      uint8_t sample_bytes) {
    const uint64_t given_us = sampler->clock.given_us;
    rs_sample_clock_begin(&sampler->clock, rate_mhz);
    sampler->clock.given_us = given_us; /* a second start must not give times of the first */
    sampler->watermark = watermark;
    sampler->sample_bytes = sample_bytes;
    sampler->at = sampler->have = sampler->unread = 0;
    sampler->read_us = sampler->heard_us = now(sampler);
    sampler->lost |= RS_GAP;
    sampler->following = RS_FRESH;
    sampler->carried = 0;
    sampler->doubtful = false;
    sampler->running = true;
}

void rs_sampler_stop(struct rs_sampler *sampler) {
    sampler->running = false;
    sampler->at = sampler->have = 0;
    sampler->lost = 0;
}

static struct rs_batch failed(struct rs_sampler *sampler) {
    sampler->bus_errors++;
    sampler->lost |= RS_BUS_ERROR;
    return (struct rs_batch){.lost = RS_BUS_ERROR};
}

/* What is known of time at a reading that found `level` in the FIFO: the interrupt, if the FIFO reached
 * the watermark since it was last read and nothing was taken from it after, or else that its newest sample
 * is not older than a period. */
static void tell_time(struct rs_sampler *sampler, struct rs_level level, uint64_t before_us,
                      uint64_t after_us, uint64_t interrupt_us) {
    struct rs_sample_clock *clock = &sampler->clock;
    const uint32_t mark = (uint32_t)sampler->watermark * sampler->sample_bytes;
    const bool broken = level.overflowed || sampler->doubtful;
    const uint32_t carried = broken ? 0 : sampler->carried;
    const uint32_t present = (carried + level.bytes) / sampler->sample_bytes;
    bool jumped = false;
    if (present == 0) {
        return;
    }
    if (broken) {
        sampler->carried = 0;
        (void)rs_sample_clock_lost(clock, present - 1u, before_us);
        sampler->doubtful = false;
        sampler->following = RS_FRESH;
    } else if (interrupt_us > sampler->read_us && interrupt_us <= after_us && sampler->unread < mark &&
               level.bytes >= mark) {
        jumped = rs_sample_clock_seen(clock, (carried + mark - 1u) / sampler->sample_bytes, interrupt_us);
    } else if (after_us - before_us < READ_LIMIT_US) {
        jumped = rs_sample_clock_newest(clock, present - 1u, before_us, after_us);
    }
    if (jumped) {
        sampler->lost |= RS_GAP;
    }
}

/* Reads as much of the FIFO as `room` samples may need and one burst may carry. */
static bool refill(struct rs_sampler *sampler, uint16_t room) {
    const uint16_t wanted = (uint16_t)(room < RS_FIFO_CHUNK ? room * sampler->sample_bytes : RS_FIFO_CHUNK);
    const uint16_t whole = (uint16_t)(RS_FIFO_CHUNK / sampler->sample_bytes * sampler->sample_bytes);
    uint16_t count = wanted < whole ? wanted : whole;
    count = count < sampler->unread ? count : sampler->unread;
    sampler->at = 0;
    sampler->have = 0;
    sampler->unread = (uint16_t)(sampler->unread - count);
    if (!sampler->bus->read(sampler->bus->board, sampler->fifo->data, sampler->bytes, count)) {
        sampler->doubtful = true; /* the chip may have given what never arrived */
        return false;
    }
    sampler->have = count;
    return true;
}

/* Decodes until a sample, a hole, or the end of what was read. */
static enum rs_found next_unit(struct rs_sampler *sampler, void *family, struct rs_unit *unit) {
    while (sampler->at < sampler->have) {
        const uint16_t left = (uint16_t)(sampler->have - sampler->at);
        *unit = (struct rs_unit){.used = 1};
        const enum rs_found found = sampler->fifo->decode(family, sampler->bytes + sampler->at, left, unit);
        if (found == RS_CUT || found == RS_BROKEN) {
            sampler->at = sampler->have;
        } else {
            sampler->at = (uint16_t)(sampler->at + unit->used);
        }
        if (found == RS_BROKEN) {
            sampler->impossible++;
            sampler->doubtful = true;
            *unit = (struct rs_unit){.lost = RS_BUS_ERROR};
            return RS_HOLE;
        }
        if (found == RS_SAMPLE || found == RS_HOLE) {
            return found;
        }
    }
    return RS_NOTHING;
}

static void pass_hole(struct rs_sampler *sampler, const struct rs_unit *hole) {
    rs_sample_clock_skip(&sampler->clock, hole->missing);
    sampler->lost |= hole->lost;
}

/* Fills `samples` from what is read already and, where `reading`, from the FIFO. */
static struct rs_batch fill(struct rs_sampler *sampler, void *family, struct rs_sample *samples,
                            uint16_t room, bool reading) {
    struct rs_batch batch = {0};
    struct rs_unit unit = {0};
    bool hole = false;
    while (batch.count < room && !hole) {
        const enum rs_found found = next_unit(sampler, family, &unit);
        if (found == RS_SAMPLE) {
            samples[batch.count++] = unit.sample;
        } else if (found == RS_HOLE && batch.count == 0 && !sampler->doubtful) {
            pass_hole(sampler, &unit);
        } else if (found == RS_HOLE) {
            hole = true;
        } else if (!reading || sampler->unread == 0) {
            break;
        } else if (!refill(sampler, (uint16_t)(room - batch.count))) {
            sampler->bus_errors++;
            unit = (struct rs_unit){.lost = RS_BUS_ERROR};
            hole = true;
        }
    }
    if (batch.count > 0) {
        batch.first_us = rs_sample_clock_give(&sampler->clock, batch.count);
        batch.lost = sampler->lost;
        sampler->lost = 0;
        sampler->heard_us = now(sampler);
    }
    if (hole) {
        pass_hole(sampler, &unit);
        batch.lost |= batch.count == 0 ? unit.lost : 0;
    }
    return batch;
}

struct rs_batch rs_sampler_take(struct rs_sampler *sampler, void *family, struct rs_sample *samples,
                                uint16_t room, uint64_t interrupt_us) {
    if (!sampler->running || room == 0) {
        return (struct rs_batch){0};
    }
    if (sampler->at < sampler->have) {
        const struct rs_batch held = fill(sampler, family, samples, room, false);
        if (held.count > 0) {
            return held;
        }
    }
    struct rs_level level = {0};
    const uint64_t before_us = now(sampler);
    const bool known = sampler->fifo->level(family, &level);
    const uint64_t after_us = now(sampler);
    if (!known || level.bytes > sampler->fifo->room) {
        return failed(sampler);
    }
    if (level.bytes == 0 && after_us - sampler->heard_us > SILENT_US) {
        sampler->heard_us = after_us;
        return failed(sampler);
    }
    if (level.overflowed) {
        sampler->overflows++;
        sampler->lost |= RS_OVERFLOW;
    }
    tell_time(sampler, level, before_us, after_us, interrupt_us);
    sampler->unread = level.bytes;
    const struct rs_batch batch = fill(sampler, family, samples, room, true);
    sampler->read_us = now(sampler);
    return batch;
}

#include "flash_log.h"

#include <string.h>

#include "crc.h"
#include "frame.h"
#include "log_end.h"
#include "log_sectors.h"
#include "setting.h"

#define FEWEST_SECTORS 4u /* a start may have to pass over some */
#define MOST_SECTORS 65534u
#define KEPT_EVERY 64u /* erased sectors: after a restart, at most so many are erased twice */
#define CHUNK 256u     /* bytes on the stack */

/* The state becomes this one if that can be kept. */
static bool keep(struct rs_log *log, const struct rs_log_state *state) {
    struct rs_kept_values values = log->kept->values;
    values.log = *state;
    if (!rs_kept_put(log->kept, &values)) {
        log->failed++;
        return false;
    }
    log->state = *state;
    return true;
}

static bool fits(const struct rs_log_state *state, uint32_t capacity) {
    struct rs_setting setting;
    return rs_setting_of_code(state->setting, &setting) && state->first < capacity &&
           (uint32_t)state->sectors + state->dirty <= capacity &&
           (state->sectors > 0 || state->phase == RS_LOG_EMPTY) &&
           state->used <= state->sectors * RS_SECTOR_BYTES && state->confirmed <= state->used &&
           (state->phase != RS_LOG_RUNNING || state->confirmed == 0); /* its end is still to be found */
}

static void recover(struct rs_log *log) {
    struct rs_log_state *state = &log->state;
    *state = log->kept->values.log;
    if (state->phase == RS_LOG_UNKNOWN || !fits(state, log->capacity) ||
        (state->phase == RS_LOG_EMPTY && rs_log_end_forgotten(log))) {
        memset(state, 0, sizeof *state);
        if (!rs_log_end_guess(log)) {
            state->phase = RS_LOG_EMPTY;
            state->dirty = (uint16_t)log->capacity;
        }
        (void)keep(log, &log->state); /* where it cannot be kept, it is found again */
    } else if (state->phase == RS_LOG_RUNNING) {
        rs_log_end_find(log);
    } else if (state->phase == RS_LOG_EMPTY) {
        rs_log_end_leftovers(log);
    }
}

bool rs_log_begin(struct rs_log *log, const struct rs_flash *flash, struct rs_kept *kept) {
    memset(log, 0, sizeof *log);
    log->flash = flash;
    log->kept = kept;
    log->boot = kept->values.boot;
    if (flash->sectors < FEWEST_SECTORS + RS_KEPT_SECTORS ||
        flash->sectors > MOST_SECTORS + RS_KEPT_SECTORS) {
        return false;
    }
    log->capacity = flash->sectors - RS_KEPT_SECTORS;
    recover(log);
    return true;
}

static bool write_head(struct rs_log *log, uint32_t sector, uint64_t time_us) {
    struct rs_head head = {.generation = log->state.generation,
                           .sector = (uint16_t)sector,
                           .boot = log->boot,
                           .time_us = time_us};
    uint8_t bytes[RS_HEAD_BYTES];
    (void)rs_setting_of_code(log->state.setting, &head.setting);
    rs_head_encode(bytes, &head);
    return rs_sectors_write(log, sector * RS_SECTOR_BYTES, bytes, sizeof bytes);
}

/* Takes the next sector, or one after it. No sector of the log is ever kept as still to be erased. */
static enum rs_log_result open_sector(struct rs_log *log, uint64_t time_us) {
    struct rs_log_state *state = &log->state;
    log->position = 0;
    while (log->failures < RS_LOG_FAILURES) {
        uint32_t sector = state->sectors;
        if (sector == log->capacity) {
            return RS_LOG_FULL;
        }
        if (sector + state->dirty == log->capacity) {
            rs_sectors_clear(log);
        }
        if (sector + log->kept->values.log.dirty >= log->capacity && !keep(log, state)) {
            return RS_LOG_FAILED;
        }
        state->sectors++;
        if (rs_sectors_written(log, sector) == 0 && write_head(log, sector, time_us)) {
            log->position = RS_HEAD_BYTES;
            state->used = sector * RS_SECTOR_BYTES + RS_HEAD_BYTES;
            return RS_LOG_DONE;
        }
        log->failures++;
        log->failed++;
    }
    return RS_LOG_FAILED;
}

enum rs_log_result rs_log_start(struct rs_log *log, struct rs_setting setting, uint32_t boot,
                                uint64_t time_us) {
    struct rs_log_state *state = &log->state;
    if (state->phase != RS_LOG_EMPTY) {
        return RS_LOG_PRESENT;
    }
    log->boot = boot;
    log->failures = 0;
    state->setting = rs_setting_code(setting);
    enum rs_log_result result = open_sector(log, time_us);
    struct rs_log_state running = *state;
    running.phase = RS_LOG_RUNNING;
    running.boot = boot;
    running.time_us = time_us;
    if (result == RS_LOG_DONE && keep(log, &running)) {
        log->failures = 0;
        return RS_LOG_DONE;
    }
    /* What was written is no log; the next one begins behind it. */
    struct rs_log_state empty = {.phase = RS_LOG_EMPTY, .generation = state->generation};
    empty.first = (uint16_t)((state->first + state->sectors) % log->capacity);
    empty.dirty = (uint16_t)(state->dirty + state->sectors);
    if (!keep(log, &empty)) {
        *state = empty;
    }
    return RS_LOG_FAILED;
}

enum rs_log_result rs_log_append(struct rs_log *log, const uint8_t *frame, size_t count, uint64_t first_us) {
    if (log->state.phase != RS_LOG_RUNNING) {
        return RS_LOG_NONE;
    }
    if (count < RS_FRAME_OVERHEAD_BYTES || count > RS_SECTOR_BYTES - RS_HEAD_BYTES) {
        return RS_LOG_OUTSIDE;
    }
    for (;;) {
        if (log->position == 0 || log->position + count > RS_SECTOR_BYTES) {
            enum rs_log_result opened = open_sector(log, first_us);
            if (opened != RS_LOG_DONE) {
                (void)rs_log_stop(log);
                return opened;
            }
        }
        uint32_t offset = (log->state.sectors - 1u) * RS_SECTOR_BYTES + log->position;
        if (rs_sectors_write(log, offset, frame, (uint32_t)count)) {
            log->position += (uint32_t)count;
            log->state.used = offset + (uint32_t)count;
            log->failures = 0;
            return RS_LOG_DONE;
        }
        log->position = 0; /* leaves the sector */
        log->failures++;
        log->failed++;
    }
}

enum rs_log_result rs_log_stop(struct rs_log *log) {
    if (log->state.phase == RS_LOG_RUNNING) {
        log->state.phase = RS_LOG_ENDED;
        log->position = 0;
    }
    if (log->state.phase == RS_LOG_ENDED && log->kept->values.log.phase != RS_LOG_ENDED) {
        return keep(log, &log->state) ? RS_LOG_DONE : RS_LOG_FAILED;
    }
    return RS_LOG_DONE;
}

struct rs_log_status rs_log_status(const struct rs_log *log) {
    const struct rs_log_state *state = &log->state;
    struct rs_log_status status = {
        .present = state->phase != RS_LOG_EMPTY,
        .running = state->phase == RS_LOG_RUNNING,
        .used = state->used,
        .capacity = log->capacity * RS_SECTOR_BYTES,
        .confirmed = state->confirmed,
        .generation = state->generation,
        .boot = state->boot,
        .time_us = state->time_us,
    };
    (void)rs_setting_of_code(state->setting, &status.setting);
    return status;
}

static enum rs_log_result check_range(const struct rs_log *log, uint32_t offset, uint32_t count) {
    if (log->state.phase == RS_LOG_EMPTY) {
        return RS_LOG_NONE;
    }
    bool inside = count > 0 && count <= RS_LOG_RANGE_BYTES && offset <= log->state.used &&
                  count <= log->state.used - offset;
    return inside ? RS_LOG_DONE : RS_LOG_OUTSIDE;
}

enum rs_log_result rs_log_read(const struct rs_log *log, uint32_t offset, uint8_t *bytes, uint32_t count) {
    enum rs_log_result checked = check_range(log, offset, count);
    if (checked != RS_LOG_DONE) {
        return checked;
    }
    return rs_sectors_read(log, offset, bytes, count) ? RS_LOG_DONE : RS_LOG_FAILED;
}

enum rs_log_result rs_log_crc(const struct rs_log *log, uint32_t offset, uint32_t count, uint32_t *crc) {
    enum rs_log_result checked = check_range(log, offset, count);
    if (checked != RS_LOG_DONE) {
        return checked;
    }
    uint8_t bytes[CHUNK];
    *crc = 0;
    for (uint32_t at = 0; at < count; at += CHUNK) {
        uint32_t some = count - at < CHUNK ? count - at : CHUNK;
        if (!rs_sectors_read(log, offset + at, bytes, some)) {
            return RS_LOG_FAILED;
        }
        *crc = rs_crc32_more(*crc, bytes, some);
    }
    return RS_LOG_DONE;
}

enum rs_log_result rs_log_confirm(struct rs_log *log, uint32_t offset, uint32_t count, uint32_t crc) {
    uint32_t of_flash = 0;
    if (log->state.phase == RS_LOG_RUNNING) {
        return RS_LOG_BUSY;
    }
    enum rs_log_result checked = check_range(log, offset, count);
    if (checked == RS_LOG_DONE && offset > log->state.confirmed) {
        checked = RS_LOG_OUTSIDE; /* what lies before was never confirmed */
    }
    if (checked == RS_LOG_DONE) {
        checked = rs_log_crc(log, offset, count, &of_flash);
    }
    if (checked != RS_LOG_DONE) {
        return checked;
    }
    if (of_flash != crc) {
        return RS_LOG_MISMATCH;
    }
    struct rs_log_state state = log->state;
    if (offset + count <= state.confirmed) {
        return RS_LOG_DONE; /* told twice */
    }
    state.confirmed = offset + count;
    return keep(log, &state) ? RS_LOG_DONE : RS_LOG_FAILED;
}

enum rs_log_result rs_log_erase(struct rs_log *log, uint16_t generation) {
    const struct rs_log_state *state = &log->state;
    if (state->phase == RS_LOG_RUNNING) {
        return RS_LOG_BUSY;
    }
    if (generation != state->generation) {
        return RS_LOG_MISMATCH;
    }
    if (state->confirmed != state->used) {
        return RS_LOG_UNCONFIRMED;
    }
    struct rs_log_state empty = {.phase = RS_LOG_EMPTY, .generation = (uint16_t)(generation + 1u)};
    empty.first = (uint16_t)((state->first + state->sectors) % log->capacity);
    empty.dirty = (uint16_t)(state->dirty + state->sectors);
    return keep(log, &empty) ? RS_LOG_DONE : RS_LOG_FAILED;
}

bool rs_log_poll(struct rs_log *log) {
    if (log->state.dirty == 0) {
        return false;
    }
    rs_sectors_clear(log);
    uint32_t since_kept = (uint32_t)log->kept->values.log.dirty - log->state.dirty;
    if (log->state.dirty == 0 || since_kept >= KEPT_EVERY) {
        (void)keep(log, &log->state); /* if not, some sectors are erased twice */
    }
    return log->state.dirty > 0;
}

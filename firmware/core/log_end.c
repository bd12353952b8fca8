#include "log_end.h"

#include "frame.h"
#include "log_sectors.h"
#include "setting.h"

static bool read_head(const struct rs_log *log, uint32_t sector, struct rs_head *head) {
    uint8_t bytes[RS_HEAD_BYTES];
    return rs_sectors_read(log, sector * RS_SECTOR_BYTES, bytes, sizeof bytes) && rs_head_decode(bytes, head);
}

/* Bytes of the whole frame at an offset; 0 where there is none. */
static uint32_t whole_frame(const struct rs_log *log, uint32_t offset, uint32_t room) {
    uint8_t bytes[RS_FRAME_BYTES];
    struct rs_frame frame;
    uint32_t count = room < sizeof bytes ? room : (uint32_t)sizeof bytes;
    if (!rs_sectors_read(log, offset, bytes, 1) || bytes[0] != RS_FRAME_MAGIC ||
        !rs_sectors_read(log, offset, bytes, count) ||
        rs_frame_decode(bytes, count, &frame) != RS_READ_WHOLE) {
        return 0;
    }
    return (uint32_t)rs_frame_bytes(&frame);
}

/* Where the written part of the last sector ends. A record may end in ff, which looks like nothing: so its
 * length counts, and it is found behind what is damaged too. */
static uint32_t end_of_last(const struct rs_log *log) {
    uint32_t sector = log->state.sectors - 1u;
    uint32_t written = rs_sectors_written(log, sector);
    struct rs_head head;
    uint32_t at = read_head(log, sector, &head) ? RS_HEAD_BYTES : 0;
    uint32_t end = at > written ? at : written;
    while (at < written) {
        uint32_t count = whole_frame(log, sector * RS_SECTOR_BYTES + at, RS_SECTOR_BYTES - at);
        at += count > 0 ? count : 1;
        end = at > end ? at : end;
    }
    return sector * RS_SECTOR_BYTES + end;
}

/* Sectors from `sector` on, up to a limit, that are not blank. */
static uint32_t not_blank(const struct rs_log *log, uint32_t sector, uint32_t limit) {
    uint32_t count = 0;
    while (sector + count < limit && rs_sectors_written(log, sector + count) > 0) {
        count++;
    }
    return count;
}

void rs_log_end_find(struct rs_log *log) {
    uint32_t limit = log->capacity - log->state.dirty;
    uint32_t sectors = log->state.sectors; /* when last kept: at least these */
    for (uint32_t sector = sectors; sector < limit; sector++) {
        struct rs_head head;
        if (read_head(log, sector, &head) && head.generation == log->state.generation &&
            head.sector == sector) {
            sectors = sector + 1; /* some before it may have failed: the last one counts */
        }
    }
    /* A head that the power cut tore: the sector is spent, whatever stands in it. */
    sectors += not_blank(log, sectors, limit);
    log->state.sectors = (uint16_t)sectors;
    log->state.used = end_of_last(log);
}

bool rs_log_end_forgotten(const struct rs_log *log) {
    struct rs_head head;
    for (uint32_t sector = 0; sector < RS_LOG_FAILURES; sector++) {
        uint32_t frames = sector * RS_SECTOR_BYTES + RS_HEAD_BYTES;
        if (read_head(log, sector, &head) && head.generation == log->state.generation &&
            head.sector == sector && whole_frame(log, frames, RS_SECTOR_BYTES - RS_HEAD_BYTES) > 0) {
            return true;
        }
    }
    return false;
}

/* As the head says, if it is of a newer log or of an earlier sector of the same than was found so far. */
static void learn(struct rs_log *log, const struct rs_head *head, uint32_t sector, bool found,
                  uint32_t *earliest) {
    struct rs_log_state *state = &log->state;
    uint16_t newer_by = (uint16_t)(head->generation - state->generation);
    if (found && newer_by >= 0x8000u) {
        return;
    }
    if (!found || newer_by != 0) {
        state->generation = head->generation;
        state->first = (uint16_t)((sector + log->capacity - head->sector) % log->capacity);
        state->sectors = 0;
        *earliest = log->capacity;
    }
    if (head->sector >= state->sectors) {
        state->sectors = (uint16_t)(head->sector + 1u);
    }
    if (head->sector < *earliest) {
        *earliest = head->sector;
        state->setting = rs_setting_code(head->setting);
        state->boot = head->boot;
        state->time_us = head->time_us;
    }
}

bool rs_log_end_guess(struct rs_log *log) {
    uint32_t earliest = log->capacity;
    bool found = false;
    /* Sectors are read by their place in the partition, whatever has been learnt of where the log begins. */
    for (uint32_t sector = 0; sector < log->capacity; sector++) {
        struct rs_head head;
        uint32_t from_first = (sector + log->capacity - log->state.first) % log->capacity;
        if (read_head(log, from_first, &head) && head.sector < log->capacity) {
            learn(log, &head, sector, found, &earliest);
            found = true;
        }
    }
    if (!found) {
        return false;
    }
    struct rs_head other;
    while (log->state.sectors < log->capacity && rs_sectors_written(log, log->state.sectors) > 0 &&
           !read_head(log, log->state.sectors, &other)) {
        log->state.sectors++; /* its last ones, with a spoilt head */
    }
    log->state.phase = RS_LOG_ENDED;
    log->state.dirty = (uint16_t)(log->capacity - log->state.sectors);
    log->state.used = end_of_last(log);
    return true;
}

void rs_log_end_leftovers(struct rs_log *log) {
    struct rs_log_state *state = &log->state;
    uint32_t count = state->sectors + not_blank(log, state->sectors, log->capacity - state->dirty);
    struct rs_log_state empty = {.phase = RS_LOG_EMPTY, .generation = state->generation};
    empty.first = (uint16_t)((state->first + count) % log->capacity);
    empty.dirty = (uint16_t)(state->dirty + count);
    *state = empty;
}

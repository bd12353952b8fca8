#include "kept.h"

#include <string.h>

#include "bytes.h"
#include "crc.h"

#define MAGIC 0xc3u
#define VERSION 1u
#define TRIES 3u
#define CRC_AT (RS_KEPT_BYTES - 4u)

static uint32_t address_of(const struct rs_kept *kept, uint32_t sector, uint32_t at) {
    return (kept->flash->sectors - RS_KEPT_SECTORS + sector) * RS_SECTOR_BYTES + at;
}

static void encode(uint8_t out[RS_KEPT_BYTES], uint32_t number, const struct rs_kept_values *values) {
    const struct rs_log_state *log = &values->log;
    out[0] = MAGIC;
    out[1] = VERSION;
    out[2] = log->phase;
    out[3] = log->setting;
    rs_put_u32(out + 4, number);
    rs_put_u32(out + 8, values->boot);
    for (size_t i = 0; i < 6; i++) {
        rs_put_i16(out + 12 + 2 * i, values->acc[i]);
        rs_put_i16(out + 24 + 2 * i, values->gyr[i]);
    }
    rs_put_u16(out + 36, log->generation);
    rs_put_u16(out + 38, log->first);
    rs_put_u16(out + 40, log->sectors);
    rs_put_u16(out + 42, log->dirty);
    rs_put_u32(out + 44, log->used);
    rs_put_u32(out + 48, log->confirmed);
    rs_put_u32(out + 52, log->boot);
    rs_put_u64(out + 56, log->time_us);
    rs_put_u32(out + CRC_AT, rs_crc32_more(0, out, CRC_AT));
}

static bool decode(const uint8_t bytes[RS_KEPT_BYTES], uint32_t *number, struct rs_kept_values *values) {
    if (bytes[0] != MAGIC || bytes[1] != VERSION || bytes[2] > RS_LOG_ENDED ||
        rs_get_u32(bytes + CRC_AT) != rs_crc32_more(0, bytes, CRC_AT)) {
        return false;
    }
    struct rs_log_state *log = &values->log;
    log->phase = bytes[2];
    log->setting = bytes[3];
    *number = rs_get_u32(bytes + 4);
    values->boot = rs_get_u32(bytes + 8);
    for (size_t i = 0; i < 6; i++) {
        values->acc[i] = rs_get_i16(bytes + 12 + 2 * i);
        values->gyr[i] = rs_get_i16(bytes + 24 + 2 * i);
    }
    log->generation = rs_get_u16(bytes + 36);
    log->first = rs_get_u16(bytes + 38);
    log->sectors = rs_get_u16(bytes + 40);
    log->dirty = rs_get_u16(bytes + 42);
    log->used = rs_get_u32(bytes + 44);
    log->confirmed = rs_get_u32(bytes + 48);
    log->boot = rs_get_u32(bytes + 52);
    log->time_us = rs_get_u64(bytes + 56);
    return true;
}

static bool is_blank(const uint8_t bytes[RS_KEPT_BYTES]) {
    for (size_t i = 0; i < RS_KEPT_BYTES; i++) {
        if (bytes[i] != 0xffu) {
            return false;
        }
    }
    return true;
}

/* Takes over the newest record of one sector, and where the next one has its place. */
static void read_sector(struct rs_kept *kept, uint32_t sector) {
    uint8_t bytes[RS_KEPT_BYTES];
    uint32_t next = 0;
    bool newest = false;
    for (uint32_t at = 0; at + RS_KEPT_BYTES <= RS_SECTOR_BYTES; at += RS_KEPT_BYTES) {
        uint32_t number;
        struct rs_kept_values values;
        if (!kept->flash->read(kept->flash->board, address_of(kept, sector, at), bytes, sizeof bytes)) {
            next = at + RS_KEPT_BYTES;
            continue;
        }
        if (!is_blank(bytes)) {
            next = at + RS_KEPT_BYTES; /* also after what a power cut left of a record */
        }
        if (decode(bytes, &number, &values) && (!kept->known || number > kept->number)) {
            kept->known = true;
            kept->number = number;
            kept->values = values;
            newest = true;
        }
    }
    if (newest) {
        kept->sector = sector;
        kept->next = next;
    }
}

/* Into a place that is blank, whatever the erase before said of it; and reads it back. */
static bool write_record(const struct rs_kept *kept, uint32_t address, const uint8_t bytes[RS_KEPT_BYTES]) {
    uint8_t there[RS_KEPT_BYTES];
    const struct rs_flash *flash = kept->flash;
    return flash->read(flash->board, address, there, sizeof there) && is_blank(there) &&
           flash->write(flash->board, address, bytes, RS_KEPT_BYTES) &&
           flash->read(flash->board, address, there, sizeof there) && memcmp(bytes, there, sizeof there) == 0;
}

bool rs_kept_begin(struct rs_kept *kept, const struct rs_flash *flash) {
    memset(kept, 0, sizeof *kept);
    kept->flash = flash;
    /* With nothing found, the first record goes to the first sector as from a full second one: erased before.
     */
    kept->sector = 1;
    kept->next = RS_SECTOR_BYTES;
    if (flash->sectors >= RS_KEPT_SECTORS) {
        read_sector(kept, 0);
        read_sector(kept, 1);
    }
    struct rs_kept_values values = kept->values;
    values.boot++;
    bool written = rs_kept_put(kept, &values);
    kept->values = values;
    return written;
}

/* Tries a few free places of one sector. Each try has a number of its own: what was written all the same,
 * though the flash said no, is then older than what was written after it. */
static bool append(struct rs_kept *kept, const struct rs_kept_values *values) {
    uint8_t bytes[RS_KEPT_BYTES];
    for (unsigned tries = 0; tries < TRIES && kept->next + RS_KEPT_BYTES <= RS_SECTOR_BYTES; tries++) {
        uint32_t address = address_of(kept, kept->sector, kept->next);
        kept->next += RS_KEPT_BYTES;
        kept->number++;
        encode(bytes, kept->number, values);
        if (write_record(kept, address, bytes)) {
            kept->values = *values;
            return true;
        }
    }
    return false;
}

bool rs_kept_put(struct rs_kept *kept, const struct rs_kept_values *values) {
    if (kept->flash->sectors < RS_KEPT_SECTORS) {
        return false;
    }
    if (append(kept, values)) {
        return true;
    }
    const struct rs_kept before = *kept;
    kept->sector = 1 - kept->sector;
    kept->next = 0;
    uint32_t sector = kept->flash->sectors - RS_KEPT_SECTORS + kept->sector;
    if (kept->flash->erase(kept->flash->board, sector) && append(kept, values)) {
        return true;
    }
    kept->sector = before.sector; /* where the newest record still is */
    kept->next = before.next;
    return false;
}

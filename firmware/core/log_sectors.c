#include "log_sectors.h"

#include <string.h>

#define CHUNK 64u /* bytes on the stack */

static uint32_t address_of(const struct rs_log *log, uint32_t offset) {
    return (log->state.first * RS_SECTOR_BYTES + offset) % (log->capacity * RS_SECTOR_BYTES);
}

bool rs_sectors_read(const struct rs_log *log, uint32_t offset, uint8_t *bytes, uint32_t count) {
    const struct rs_flash *flash = log->flash;
    uint32_t address = address_of(log, offset);
    uint32_t ring = log->capacity * RS_SECTOR_BYTES;
    uint32_t straight = count < ring - address ? count : ring - address;
    return flash->read(flash->board, address, bytes, straight) &&
           (straight == count || flash->read(flash->board, 0, bytes + straight, count - straight));
}

static bool program(const struct rs_flash *flash, uint32_t address, const uint8_t *bytes, uint32_t count) {
    if (!flash->write(flash->board, address, bytes, count)) {
        return false;
    }
    uint8_t written[CHUNK];
    for (uint32_t at = 0; at < count; at += CHUNK) {
        uint32_t some = count - at < CHUNK ? count - at : CHUNK;
        if (!flash->read(flash->board, address + at, written, some) ||
            memcmp(bytes + at, written, some) != 0) {
            return false;
        }
    }
    return true;
}

bool rs_sectors_write(const struct rs_log *log, uint32_t offset, const uint8_t *record, uint32_t count) {
    uint32_t address = address_of(log, offset);
    return program(log->flash, address + 1, record + 1, count - 1) && program(log->flash, address, record, 1);
}

uint32_t rs_sectors_written(const struct rs_log *log, uint32_t sector) {
    const struct rs_flash *flash = log->flash;
    uint32_t address = address_of(log, sector * RS_SECTOR_BYTES);
    uint8_t bytes[CHUNK];
    for (uint32_t at = RS_SECTOR_BYTES; at > 0; at -= CHUNK) {
        if (!flash->read(flash->board, address + at - CHUNK, bytes, CHUNK)) {
            return at;
        }
        for (uint32_t i = CHUNK; i > 0; i--) {
            if (bytes[i - 1] != 0xffu) {
                return at - CHUNK + i;
            }
        }
    }
    return 0;
}

/* Bits can be cleared where they cannot be set: no frame of an old log is to be read in the next one. */
static void deface(const struct rs_flash *flash, uint32_t sector) {
    static const uint8_t zeros[CHUNK];
    for (uint32_t at = 0; at < RS_SECTOR_BYTES; at += CHUNK) {
        (void)flash->write(flash->board, sector * RS_SECTOR_BYTES + at, zeros, CHUNK);
    }
}

void rs_sectors_clear(struct rs_log *log) {
    const struct rs_flash *flash = log->flash;
    uint32_t from_first = log->capacity - log->state.dirty;
    uint32_t sector = (log->state.first + from_first) % log->capacity;
    if (!flash->erase(flash->board, sector) || rs_sectors_written(log, from_first) > 0) {
        deface(flash, sector);
        log->failed++;
    }
    log->state.dirty--;
}

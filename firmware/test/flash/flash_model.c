#include "flash_model.h"

#include <stdlib.h>
#include <string.h>

static uint8_t chance(struct flash_model *flash) {
    flash->chance = flash->chance * 1664525u + 1013904223u;
    return (uint8_t)(flash->chance >> 24);
}

/* True once, when its turn has come. */
static bool fails_now(struct flash_model *flash) {
    return flash->fails_after > 0 && --flash->fails_after == 0;
}

static bool read_bytes(void *board, uint32_t address, void *bytes, size_t count) {
    struct flash_model *flash = board;
    if ((uint64_t)address + count > (uint64_t)flash->hal.sectors * RS_SECTOR_BYTES) {
        abort(); /* no flash has such bytes */
    }
    flash->reads++;
    flash->bytes_read += count;
    if (fails_now(flash) || (count > 0 && flash->sector[address / RS_SECTOR_BYTES].fault == FLASH_MUTE)) {
        return false;
    }
    memcpy(bytes, flash->bytes + address, count);
    return true;
}

/* Programs the first `whole` bytes and some bits of the one after them. */
static void program(struct flash_model *flash, uint32_t address, const uint8_t *bytes, size_t whole,
                    bool half) {
    for (size_t i = 0; i < whole; i++) {
        flash->bytes[address + i] &= bytes[i];
    }
    if (half) {
        flash->bytes[address + whole] &= (uint8_t)(bytes[whole] | chance(flash));
    }
}

static void show_torn_writes(struct flash_model *flash, uint32_t address, const uint8_t *bytes,
                             size_t count) {
    uint8_t before[RS_SECTOR_BYTES];
    memcpy(before, flash->bytes + address, count);
    for (size_t whole = 0; whole <= count; whole++) {
        program(flash, address, bytes, whole, whole < count);
        flash->cut(flash->witness, flash);
        memcpy(flash->bytes + address, before, count);
    }
}

static bool write_bytes(void *board, uint32_t address, const void *from, size_t count) {
    struct flash_model *flash = board;
    const uint8_t *bytes = from;
    uint32_t sector = address / RS_SECTOR_BYTES;
    if (count == 0 || sector != (address + count - 1) / RS_SECTOR_BYTES || sector >= flash->hal.sectors) {
        abort();
    }
    flash->writes++;
    flash->bytes_written += count;
    for (size_t i = 0; i < count; i++) {
        if ((flash->bytes[address + i] & bytes[i]) != bytes[i]) {
            flash->overwritten++;
        }
    }
    if (flash->cut != NULL) {
        show_torn_writes(flash, address, bytes, count);
    }
    switch (fails_now(flash) ? FLASH_REFUSES : flash->sector[sector].fault) {
    case FLASH_SOUND: program(flash, address, bytes, count, false); return true;
    case FLASH_LIES:
        program(flash, address, bytes, count, false);
        flash->bytes[address + count / 2] ^= 1u;
        return true;
    case FLASH_DENIES: program(flash, address, bytes, count, false); return false;
    case FLASH_REFUSES: program(flash, address, bytes, count / 2, true); return false;
    default: return false;
    }
}

static void show_torn_erases(struct flash_model *flash, uint8_t *bytes) {
    uint8_t before[RS_SECTOR_BYTES];
    memcpy(before, bytes, sizeof before);
    for (size_t done = 0; done <= sizeof before; done++) {
        memset(bytes, 0xff, done);
        for (size_t i = done; i < sizeof before && done % 2 == 1; i++) {
            bytes[i] |= chance(flash);
        }
        flash->cut(flash->witness, flash);
        memcpy(bytes, before, sizeof before);
    }
}

static bool erase_sector(void *board, uint32_t sector) {
    struct flash_model *flash = board;
    if (sector >= flash->hal.sectors) {
        abort();
    }
    uint8_t *bytes = flash->bytes + (size_t)sector * RS_SECTOR_BYTES;
    flash->erases++;
    flash->sector[sector].erases++;
    if (flash->sector[sector].guarded) {
        flash->guarded_erased++;
    }
    if (flash->cut != NULL) {
        show_torn_erases(flash, bytes);
    }
    switch (fails_now(flash) ? FLASH_REFUSES : flash->sector[sector].fault) {
    case FLASH_SOUND: memset(bytes, 0xff, RS_SECTOR_BYTES); return true;
    case FLASH_LIES: return true;
    case FLASH_DENIES: memset(bytes, 0xff, RS_SECTOR_BYTES); return false;
    default: memset(bytes, 0xff, RS_SECTOR_BYTES / 2); return false;
    }
}

void flash_model_make(struct flash_model *flash, uint32_t sectors) {
    memset(flash, 0, sizeof *flash);
    flash->hal = (struct rs_flash){flash, sectors, read_bytes, write_bytes, erase_sector};
    flash->bytes = malloc((size_t)sectors * RS_SECTOR_BYTES);
    flash->sector = calloc(sectors, sizeof *flash->sector);
    if (flash->bytes == NULL || flash->sector == NULL) {
        abort();
    }
    memset(flash->bytes, 0xff, (size_t)sectors * RS_SECTOR_BYTES);
    flash->chance = 1;
}

void flash_model_copy(struct flash_model *to, const struct flash_model *from) {
    const struct flash_model own = *to;
    *to = *from;
    to->hal = own.hal;
    to->bytes = own.bytes;
    to->sector = own.sector;
    to->cut = NULL;
    memcpy(to->bytes, from->bytes, (size_t)from->hal.sectors * RS_SECTOR_BYTES);
    memcpy(to->sector, from->sector, from->hal.sectors * sizeof *from->sector);
}

void flash_model_free(struct flash_model *flash) {
    free(flash->bytes);
    free(flash->sector);
}

uint32_t flash_model_programmed(const struct flash_model *flash, uint32_t sector) {
    uint32_t count = 0;
    for (size_t i = 0; i < RS_SECTOR_BYTES; i++) {
        count += flash->bytes[(size_t)sector * RS_SECTOR_BYTES + i] != 0xffu;
    }
    return count;
}

void flash_model_reset_counts(struct flash_model *flash) {
    flash->bytes_read = flash->bytes_written = 0;
    flash->reads = flash->writes = flash->erases = 0;
}

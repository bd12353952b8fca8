/* A NOR flash as it is at its worst: bits only clear, operations are torn by power cuts, sectors fail.
 *
 * With `cut` set, every write and erase first shows what each power cut within it would leave: byte by byte
 * of a write, the byte it came to half programmed; byte by byte of an erase, the rest untouched or garbage.
 */
#ifndef RS_TEST_FLASH_MODEL_H
#define RS_TEST_FLASH_MODEL_H

#include "hal.h"

enum flash_fault {
    FLASH_SOUND,
    FLASH_REFUSES, /* says that it failed, with half of it done */
    FLASH_LIES,    /* says that it worked, but one bit of what was written is not, or nothing was erased */
    FLASH_DENIES,  /* does it, and says that it failed */
    FLASH_MUTE,    /* cannot even be read */
};

struct flash_sector {
    uint32_t erases;
    enum flash_fault fault;
    bool guarded; /* holds what nobody has confirmed */
};

struct flash_model {
    struct rs_flash hal; /* give this to the core; the model must not move afterwards */
    uint8_t *bytes;
    struct flash_sector *sector;
    uint64_t bytes_read, bytes_written;
    uint32_t reads, writes, erases;
    uint32_t overwritten;    /* bytes that were written where a bit would have had to be set */
    uint32_t guarded_erased; /* erases of a guarded sector */
    uint32_t fails_after;    /* so many operations one fails, once; 0: none does */
    void (*cut)(void *witness, const struct flash_model *left);
    void *witness;
    uint32_t chance; /* state of the generator that garbage comes from */
};

/* All ff, everything sound. */
void flash_model_make(struct flash_model *flash, uint32_t sectors);

/* What lies in one flash, in another of the same size, whose power nobody cuts. Counts and wear come along.
 */
void flash_model_copy(struct flash_model *to, const struct flash_model *from);

void flash_model_free(struct flash_model *flash);

/* Bytes of a sector that are not ff. */
uint32_t flash_model_programmed(const struct flash_model *flash, uint32_t sector);

/* Forgets what was counted so far. */
void flash_model_reset_counts(struct flash_model *flash);

#endif

/* The ring of sectors below the log. Private to flash_log.c and log_end.c. */
#ifndef RS_LOG_SECTORS_H
#define RS_LOG_SECTORS_H

#include "flash_log.h"

/* Bytes at an offset of the log, across the end of the ring. */
bool rs_sectors_read(const struct rs_log *log, uint32_t offset, uint8_t *bytes, uint32_t count);

/* Writes a record within one sector and reads back what was written. Its magic byte comes last: what a power
 * cut leaves of it is no record, even where the CRC would be right by chance. */
bool rs_sectors_write(const struct rs_log *log, uint32_t offset, const uint8_t *record, uint32_t count);

/* Bytes of a sector of the log up to the last that is not ff; all of them if it cannot be read. */
uint32_t rs_sectors_written(const struct rs_log *log, uint32_t sector);

/* Erases the sector that waits longest. Where that fails it is counted, and zeros are written instead: the
 * sector is looked at again, and passed over, before it is used. */
void rs_sectors_clear(struct rs_log *log);

#endif

/* Checksums: CRC-16 of every record, CRC-32 of what the host copied. */
#ifndef RS_CRC_H
#define RS_CRC_H

#include <stddef.h>
#include <stdint.h>

#define RS_CRC16_BEGIN 0xffffu

/* CRC-16-CCITT, polynomial 1021, not mirrored; "123456789" gives 29b1. */
uint16_t rs_crc16(const uint8_t *bytes, size_t count);

/* The same over several pieces; the first `crc` is RS_CRC16_BEGIN. */
uint16_t rs_crc16_more(uint16_t crc, const uint8_t *bytes, size_t count);

/* CRC-32 over several pieces as zlib's crc32 does it; the first `crc` is 0. "123456789" gives cbf43926. */
uint32_t rs_crc32_more(uint32_t crc, const uint8_t *bytes, size_t count);

#endif

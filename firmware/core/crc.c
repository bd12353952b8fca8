#include "crc.h"

/* Half a byte at a time: two tables of 16 entries are in cache on any chip, and four times faster than bits.
 */

static const uint16_t crc16_of_nibble[16] = {
    0x0000, 0x1021, 0x2042, 0x3063, 0x4084, 0x50a5, 0x60c6, 0x70e7,
    0x8108, 0x9129, 0xa14a, 0xb16b, 0xc18c, 0xd1ad, 0xe1ce, 0xf1ef,
};

static const uint32_t crc32_of_nibble[16] = {
    0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
    0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
};

uint16_t rs_crc16(const uint8_t *bytes, size_t count) { return rs_crc16_more(RS_CRC16_BEGIN, bytes, count); }

uint16_t rs_crc16_more(uint16_t crc, const uint8_t *bytes, size_t count) {
    uint32_t rest = crc;
    for (size_t i = 0; i < count; i++) {
        rest = (rest << 4 & 0xffffu) ^ crc16_of_nibble[rest >> 12 ^ bytes[i] >> 4];
        rest = (rest << 4 & 0xffffu) ^ crc16_of_nibble[rest >> 12 ^ (bytes[i] & 0x0fu)];
    }
    return (uint16_t)rest;
}

uint32_t rs_crc32_more(uint32_t crc, const uint8_t *bytes, size_t count) {
    uint32_t rest = ~crc;
    for (size_t i = 0; i < count; i++) {
        rest ^= bytes[i];
        rest = rest >> 4 ^ crc32_of_nibble[rest & 0x0fu];
        rest = rest >> 4 ^ crc32_of_nibble[rest & 0x0fu];
    }
    return ~rest;
}

/* Numbers in buffers, little endian, one byte at a time: no alignment, no order of the machine. */
#ifndef RS_BYTES_H
#define RS_BYTES_H

#include <stdint.h>

static inline void rs_put_u16(uint8_t *bytes, uint16_t value) {
    bytes[0] = (uint8_t)(value & 0xffu);
    bytes[1] = (uint8_t)(value >> 8);
}

static inline void rs_put_u32(uint8_t *bytes, uint32_t value) {
    rs_put_u16(bytes, (uint16_t)(value & 0xffffu));
    rs_put_u16(bytes + 2, (uint16_t)(value >> 16));
}

static inline void rs_put_u64(uint8_t *bytes, uint64_t value) {
    rs_put_u32(bytes, (uint32_t)(value & 0xffffffffu));
    rs_put_u32(bytes + 4, (uint32_t)(value >> 32));
}

static inline uint16_t rs_get_u16(const uint8_t *bytes) {
    return (uint16_t)((uint32_t)bytes[0] | (uint32_t)bytes[1] << 8);
}

static inline uint32_t rs_get_u32(const uint8_t *bytes) {
    return (uint32_t)rs_get_u16(bytes) | (uint32_t)rs_get_u16(bytes + 2) << 16;
}

static inline uint64_t rs_get_u64(const uint8_t *bytes) {
    return (uint64_t)rs_get_u32(bytes) | (uint64_t)rs_get_u32(bytes + 4) << 32;
}

/* Two's complement, without leaning on what a cast of the machine does. */
static inline int16_t rs_get_i16(const uint8_t *bytes) {
    uint16_t value = rs_get_u16(bytes);
    return (int16_t)(value < 0x8000u ? (int32_t)value : (int32_t)value - 0x10000);
}

static inline void rs_put_i16(uint8_t *bytes, int16_t value) { rs_put_u16(bytes, (uint16_t)value); }

#endif

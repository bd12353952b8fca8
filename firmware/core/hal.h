/* What the core needs from the board around it: a clock, a flash, a bus to the motion chip, a way out.
 *
 * Every function gets the `board` pointer of its table back. None of them may call into the core. */
#ifndef RS_HAL_H
#define RS_HAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Microseconds since the firmware started; never stops, steps or is set. */
struct rs_clock {
    void *board;
    uint64_t (*time_us)(void *board);
};

/* NOR flash: an erase sets a whole sector to ff, a write only clears bits. Addresses count from the first byte
 * of the partition. False means the operation failed; the bytes it was about are then unknown. */
struct rs_flash {
    void *board;
    uint32_t sectors; /* of RS_SECTOR_BYTES */
    bool (*read)(void *board, uint32_t address, void *bytes, size_t count);
    bool (*write)(void *board, uint32_t address, const void *bytes, size_t count);
    bool (*erase)(void *board, uint32_t sector);
};

#define RS_SECTOR_BYTES 4096u

/* Registers of the motion chip, over SPI or I2C; the board adds read bits and dummy bytes. */
struct rs_bus {
    void *board;
    bool (*read)(void *board, uint8_t reg, uint8_t *bytes, size_t count);
    bool (*write)(void *board, uint8_t reg, const uint8_t *bytes, size_t count);
    void (*wait_us)(void *board, uint32_t us);
};

enum rs_channel { RS_CONTROL, RS_DATA, RS_SYNC, RS_LOG };

/* Notifications. False means that no buffer is free: the same bytes are offered again later. */
struct rs_radio {
    void *board;
    bool (*notify)(void *board, enum rs_channel channel, const uint8_t *bytes, size_t count);
};

struct rs_battery {
    uint8_t percent;
    uint16_t millivolts;
};

enum rs_light {
    RS_DARK,
    RS_BLINKING,     /* as asked by the host, to be recognised */
    RS_LIGHT_LOGGING, /* a short flash now and then */
    RS_LIGHT_FULL,   /* the log's flash is full */
    RS_LIGHT_FAULT,  /* chip or flash do not answer */
    /* The board's own; the core never asks for them. */
    RS_LIGHT_AWAKE,  /* it has just started */
    RS_LIGHT_UPDATE, /* it waits for new firmware */
    RS_LIGHTS,
};

/* The battery's charge and the light. */
struct rs_panel {
    void *board;
    struct rs_battery (*battery)(void *board);
    void (*light)(void *board, enum rs_light light);
};

struct rs_hal {
    struct rs_clock clock;
    struct rs_flash flash;
    struct rs_bus bus;
    struct rs_radio radio;
    struct rs_panel panel;
};

#endif

/* A sensor on a table: a clock that goes when told to, a flash in memory, a radio that writes down what it was given,
 * and the host's end of the conversation. */
#ifndef RS_TEST_WORLD_H
#define RS_TEST_WORLD_H

#include "device.h"
#include "perfect_chip.h"

#define WORLD_SECTORS 16u
#define WORLD_NOTES 4096u

struct note {
    enum rs_channel channel;
    size_t size;
    uint8_t bytes[RS_FRAME_BYTES];
};

struct world {
    uint64_t now_us;
    uint32_t buffers;        /* notifications that the radio still takes */
    struct rs_battery battery;
    enum rs_light light;
    bool flash_fails;        /* to write and to erase */
    bool flash_mute;         /* cannot be read either */
    uint8_t flash[WORLD_SECTORS * RS_SECTOR_BYTES];
    uint32_t note_count;
    struct note notes[WORLD_NOTES];
    struct perfect_chip perfect;
    struct rs_chip chip;
    struct rs_hal hal;
    struct rs_device device;
};

/* An empty flash, a full battery, a chip in order, and the sensor just started. */
void world_make(struct world *world);

/* The firmware starts again; flash and chip stay as they are. */
void world_restart(struct world *world);

/* Lets time pass, polling every 10 ms as the chip's interrupt would. */
void world_pass_ms(struct world *world, uint32_t ms);

/* Writes bytes and polls once. */
void world_write(struct world *world, enum rs_channel channel, const void *bytes, size_t count);

/* Asks, polls at most a second, and returns the refusal; 255 where no answer came. `answer` holds its fields, all
 * pieces put together; the pieces stay among the notes too. */
struct world_answer {
    uint8_t refusal;
    uint8_t pieces;
    size_t size;
    uint8_t fields[256];
};
uint8_t world_ask(struct world *world, struct world_answer *answer, const void *request, size_t count);

/* A field of an answer; 0 where it is not in it. Up to 8 bytes. */
uint64_t world_field(const struct world_answer *answer, uint8_t tag);
bool world_has_field(const struct world_answer *answer, uint8_t tag);

/* Forgets the notes. */
void world_forget(struct world *world);

/* The bytes of one channel's notes, one after the other; their number. */
size_t world_bytes(const struct world *world, enum rs_channel channel, uint8_t *bytes, size_t room);

/* Asks with bytes given one by one. */
#define ASK(world, answer, ...) \
    world_ask((world), (answer), (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

#endif

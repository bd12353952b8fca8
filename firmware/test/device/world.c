#include "world.h"

#include <string.h>

#include "bytes.h"

static uint64_t time_us(void *board) { return ((struct world *)board)->now_us; }

static bool flash_read(void *board, uint32_t address, void *bytes, size_t count) {
    const struct world *world = board;
    if (world->flash_mute) {
        return false;
    }
    memcpy(bytes, world->flash + address, count);
    return true;
}

static bool flash_write(void *board, uint32_t address, const void *bytes, size_t count) {
    struct world *world = board;
    const uint8_t *from = bytes;
    if (world->flash_fails) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        world->flash[address + i] &= from[i];
    }
    return true;
}

static bool flash_erase(void *board, uint32_t sector) {
    struct world *world = board;
    if (world->flash_fails) {
        return false;
    }
    memset(world->flash + sector * RS_SECTOR_BYTES, 0xff, RS_SECTOR_BYTES);
    return true;
}

static bool notify(void *board, enum rs_channel channel, const uint8_t *bytes, size_t count) {
    struct world *world = board;
    if (world->buffers == 0 || world->note_count == WORLD_NOTES) {
        return false;
    }
    world->buffers--;
    struct note *note = &world->notes[world->note_count++];
    note->channel = channel;
    note->size = count;
    memcpy(note->bytes, bytes, count);
    return true;
}

static struct rs_battery battery(void *board) { return ((struct world *)board)->battery; }

static void light(void *board, enum rs_light light) { ((struct world *)board)->light = light; }

void world_make(struct world *world) {
    memset(world, 0, sizeof *world);
    memset(world->flash, 0xff, sizeof world->flash);
    world->buffers = UINT32_MAX;
    world->battery = (struct rs_battery){87, 4012};
    world->hal = (struct rs_hal){
        .clock = {world, time_us},
        .flash = {world, WORLD_SECTORS, flash_read, flash_write, flash_erase},
        .radio = {world, notify},
        .panel = {world, battery, light},
    };
    world->chip = perfect_chip_make(&world->perfect, &world->hal.clock);
    rs_device_begin(&world->device, &world->hal, &world->chip);
}

void world_restart(struct world *world) {
    world->now_us = 0;
    world->perfect.running = false;
    rs_device_begin(&world->device, &world->hal, &world->chip);
}

void world_pass_ms(struct world *world, uint32_t ms) {
    for (uint32_t passed = 0; passed < ms; passed += 10) {
        world->now_us += 10000;
        (void)rs_device_poll(&world->device, world->now_us);
    }
}

void world_write(struct world *world, enum rs_channel channel, const void *bytes, size_t count) {
    rs_device_write(&world->device, channel, bytes, count, world->now_us);
    (void)rs_device_poll(&world->device, 0);
}

static bool gather(const struct world *world, uint32_t *from, struct world_answer *answer, uint8_t id) {
    for (; *from < world->note_count; (*from)++) {
        const struct note *note = &world->notes[*from];
        if (note->channel != RS_CONTROL || note->bytes[0] != id) {
            continue;
        }
        answer->pieces++;
        answer->refusal = note->bytes[2];
        memcpy(answer->fields + answer->size, note->bytes + 3, note->size - 3);
        answer->size += note->size - 3;
        if ((note->bytes[1] & 0x40u) == 0) {
            return true;
        }
    }
    return false;
}

uint8_t world_ask(struct world *world, struct world_answer *answer, const void *request, size_t count) {
    uint32_t from = world->note_count;
    struct world_answer own;
    answer = answer == NULL ? &own : answer;
    memset(answer, 0, sizeof *answer);
    world_write(world, RS_CONTROL, request, count);
    for (unsigned tries = 0; tries < 200; tries++) {
        if (gather(world, &from, answer, ((const uint8_t *)request)[0])) {
            return answer->refusal;
        }
        world_pass_ms(world, 10);
    }
    return 255;
}

static const uint8_t *find(const struct world_answer *answer, uint8_t tag) {
    for (size_t at = 0; at < answer->size; at += 2u + answer->fields[at + 1]) {
        if (answer->fields[at] == tag) {
            return answer->fields + at;
        }
    }
    return NULL;
}

bool world_has_field(const struct world_answer *answer, uint8_t tag) { return find(answer, tag) != NULL; }

uint64_t world_field(const struct world_answer *answer, uint8_t tag) {
    const uint8_t *field = find(answer, tag);
    uint64_t value = 0;
    for (size_t i = 0; field != NULL && i < field[1] && i < 8; i++) {
        value |= (uint64_t)field[2 + i] << 8 * i;
    }
    return value;
}

void world_forget(struct world *world) { world->note_count = 0; }

size_t world_bytes(const struct world *world, enum rs_channel channel, uint8_t *bytes, size_t room) {
    size_t count = 0;
    for (uint32_t i = 0; i < world->note_count; i++) {
        const struct note *note = &world->notes[i];
        if (note->channel == channel && count + note->size <= room) {
            memcpy(bytes + count, note->bytes, note->size);
            count += note->size;
        }
    }
    return count;
}

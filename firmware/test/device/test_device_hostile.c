/* Whatever is written, whenever: no undefined behaviour, no notification longer than asked for, one answer for each
 * request that has an id, and the sensor is of use afterwards. Requests are made from whole ones by small changes, from
 * a fixed seed: a failure comes again. */
#include <string.h>

#include "check.h"
#include "world.h"

#define ROUNDS 200000u

static struct world world;
static uint32_t seed = 1;

static uint32_t chance(uint32_t below) {
    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    return seed % below;
}

static const uint8_t requests[][21] = {
    {2, 1, 0x01},
    {2, 1, 0x02},
    {5, 1, 0x03, 7, 1, 1},
    {2, 1, 0x04},
    {16, 1, 0x05, 0x30, 12, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12},
    {13, 1, 0x10, 0x10, 2, 0xc8, 0, 0x11, 1, 16, 0x12, 2, 0xd0, 7},
    {2, 1, 0x11},
    {2, 1, 0x12},
    {2, 1, 0x20},
    {13, 1, 0x21, 0x10, 2, 0x20, 3, 0x11, 1, 16, 0x12, 2, 0, 0},
    {2, 1, 0x22},
    {20, 1, 0x23, 0x24, 4, 0, 0, 0, 0, 0x25, 4, 0, 8, 0, 0, 0x26, 4, 0, 4, 0, 0},
    {14, 1, 0x24, 0x24, 4, 0, 0, 0, 0, 0x25, 4, 0, 8, 0, 0},
    {20, 1, 0x25, 0x24, 4, 0, 0, 0, 0, 0x25, 4, 0, 8, 0, 0, 0x27, 4, 1, 2, 3, 4},
    {6, 1, 0x26, 0x22, 2, 0, 0},
};

static void write_something(void) {
    uint8_t bytes[24];
    const uint8_t *model = requests[chance(sizeof requests / sizeof requests[0])];
    size_t count = model[0];
    memcpy(bytes, model + 1, 20);
    for (uint32_t changes = chance(4); changes > 1; changes--) {
        bytes[chance(20)] = (uint8_t)chance(256);
    }
    if (chance(8) == 0) {
        count = chance(sizeof bytes - 3);
    }
    const uint32_t channels[] = {RS_CONTROL, RS_CONTROL, RS_CONTROL, RS_SYNC, RS_LOG, RS_DATA};
    rs_device_write(&world.device, (enum rs_channel)channels[chance(6)], bytes, count, world.now_us);
}

static void live(uint16_t *payload) {
    switch (chance(400)) {
    case 0:
        rs_device_disconnected(&world.device);
        break;
    case 1:
        world_restart(&world);
        break;
    case 2:
        world.perfect.dead = chance(4) == 0;
        break;
    case 3:
        world.battery.millivolts = (uint16_t)(3100 + chance(1000));
        break;
    case 4:
        world.flash_fails = chance(4) == 0;
        break;
    case 5:
        world.perfect.overflows = true;
        break;
    case 6: /* another sensor: else a log that is never confirmed lies there for good */
        memset(world.flash, 0xff, sizeof world.flash);
        world_restart(&world);
        break;
    default:
        break;
    }
    if (!world.device.connected) {
        *payload = (uint16_t)chance(600);
        rs_device_connected(&world.device, *payload);
    }
}

static void test_hostile_writes_end_in_answers(void) {
    uint16_t payload = 244;
    unsigned reached[RS_STATES] = {0};
    world_make(&world);
    rs_device_connected(&world.device, payload);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        write_something();
        live(&payload);
        world.buffers = chance(40);
        world.now_us += chance(20000);
        (void)rs_device_poll(&world.device, world.now_us);
        reached[world.device.state]++;
        for (uint32_t i = 0; i < world.note_count; i++) {
            CHECK(world.notes[i].size <= (payload < 20 ? 20u : payload));
        }
        world_forget(&world);
    }
    CHECK(reached[RS_NOWHERE] == 0);
    for (unsigned state = RS_IDLE; state < RS_STATES; state++) {
        printf("state %u: %u rounds\n", state, reached[state]);
        CHECK(reached[state] > 0); /* the changes are small enough to get everywhere */
    }
}

static void test_it_is_of_use_afterwards(void) {
    struct world_answer answer;
    world.flash_fails = world.perfect.dead = false;
    world.battery.millivolts = 4000;
    world.buffers = UINT32_MAX;
    world_restart(&world);
    rs_device_connected(&world.device, 244);
    world_pass_ms(&world, 3000);
    CHECK(ASK(&world, &answer, 1, 0x22) == 0);
    CHECK(ASK(&world, &answer, 1, 0x01) == 0 && world_field(&answer, RS_TAG_STATE) == 0);
    CHECK(ASK(&world, &answer, 3, 0x10, 0x10, 2, 0xc8, 0, 0x11, 1, 16, 0x12, 2, 0xd0, 0x07) == 0);
    CHECK(ASK(&world, &answer, 4, 0x11) == 0);
    world_pass_ms(&world, 1000);
    CHECK(ASK(&world, &answer, 5, 0x12) == 0);
}

int main(void) {
    test_hostile_writes_end_in_answers();
    test_it_is_of_use_afterwards();
    return checks_failed > 0;
}

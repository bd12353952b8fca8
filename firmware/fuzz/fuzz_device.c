/* A host that writes anything to any channel at any time, while chip, flash, battery and radio do what they like. */
#include <string.h>

#include "fuzz.h"
#include "world.h"

static struct world world;

enum step { WRITE_CONTROL, WRITE_SYNC, WRITE_LOG, WRITE_DATA, PASS, CONNECT, LET_GO, FAULT, RESTART, BUFFERS, STEPS };

static void write_to(struct fuzz_input *input, enum rs_channel channel) {
    const size_t wanted = fuzz_byte(input) & 31u;
    const size_t count = wanted < input->left ? wanted : input->left;
    rs_device_write(&world.device, channel, input->bytes, count, world.now_us);
    input->bytes += count;
    input->left -= count;
}

static void fault(uint8_t which) {
    world.perfect.dead = (which & 3u) == 1;
    world.perfect.still = (which & 3u) == 2;
    world.perfect.overflows |= (which & 3u) == 3;
    world.flash_fails = (which & 4u) != 0;
    world.flash_mute = (which & 12u) == 12u;
    world.perfect.clips = (which & 16u) != 0;
    world.battery.millivolts = (uint16_t)(3000u + (which >> 5) * 150u);
}

static void connect(uint8_t payload) {
    rs_device_connected(&world.device, (uint16_t)(payload * 3u));
}

static void step(struct fuzz_input *input) {
    static const enum rs_channel channels[] = {RS_CONTROL, RS_SYNC, RS_LOG, RS_DATA};
    const unsigned what = fuzz_byte(input) % STEPS;
    switch (what) {
    case PASS:
        world_pass_ms(&world, fuzz_byte(input) * 8u);
        break;
    case CONNECT:
        connect(fuzz_byte(input));
        break;
    case LET_GO:
        rs_device_disconnected(&world.device);
        break;
    case FAULT:
        fault(fuzz_byte(input));
        break;
    case RESTART:
        world_restart(&world);
        break;
    case BUFFERS:
        world.buffers = fuzz_byte(input);
        break;
    default:
        write_to(input, channels[what]);
    }
    (void)rs_device_poll(&world.device, world.now_us);
}

static void look(void) {
    const size_t payload = world.device.payload;
    for (uint32_t i = 0; i < world.note_count; i++) {
        const size_t size = world.notes[i].size;
        MUST(size > 0 && size <= (payload < RS_SMALLEST_PAYLOAD ? RS_SMALLEST_PAYLOAD : payload));
    }
    MUST(world.device.state > RS_NOWHERE && world.device.state < RS_STATES);
    world_forget(&world);
}

/* Whatever happened, a new start on a sound board answers. */
static void still_of_use(void) {
    fault(0xe0);
    world.buffers = UINT32_MAX;
    world_restart(&world);
    connect(80);
    MUST(ASK(&world, NULL, 1, RS_HELLO) == RS_REFUSED_NOT);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
    struct fuzz_input input = {bytes, count < FUZZ_ROOM ? count : FUZZ_ROOM};
    world_make(&world);
    connect(80);
    while (input.left > 0) {
        step(&input);
        look();
    }
    still_of_use();
    return 0;
}

struct script {
    uint8_t *bytes;
    size_t size;
};

static void add(struct script *script, const void *bytes, size_t count) {
    memcpy(script->bytes + script->size, bytes, count);
    script->size += count;
}

#define STEP(...) add(&script, (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))
#define ASKS(count, ...) STEP(WRITE_CONTROL, count, __VA_ARGS__)

size_t fuzz_seed(unsigned number, uint8_t bytes[FUZZ_ROOM]) {
    struct script script = {bytes, 0};
    switch (number) {
    case 0: /* a stream */
        ASKS(2, 1, RS_HELLO);
        ASKS(13, 2, RS_CONFIGURE, 0x10, 2, 0xc8, 0, 0x11, 1, 16, 0x12, 2, 0xd0, 7);
        ASKS(2, 3, RS_START);
        STEP(PASS, 100, WRITE_SYNC, 2, 1, 2, FAULT, 3, PASS, 50);
        ASKS(2, 4, RS_STOP);
        STEP(PASS, 50);
        break;
    case 1: /* a log, copied, confirmed wrongly, erased in vain */
        ASKS(13, 1, RS_LOG_START, 0x10, 2, 0x20, 3, 0x11, 1, 16, 0x12, 2, 0, 0);
        STEP(PASS, 250, LET_GO, PASS, 250, CONNECT, 80);
        ASKS(2, 2, RS_LOG_STOP);
        ASKS(2, 3, RS_LOG_STATUS);
        ASKS(20, 4, RS_LOG_READ, 0x24, 4, 0, 0, 0, 0, 0x25, 4, 0, 8, 0, 0, 0x26, 4, 0, 4, 0, 0);
        STEP(WRITE_LOG, 4, 0, 4, 0, 0, PASS, 20);
        ASKS(14, 5, RS_LOG_CRC, 0x24, 4, 0, 0, 0, 0, 0x25, 4, 0, 8, 0, 0);
        ASKS(20, 6, RS_LOG_CONFIRM, 0x24, 4, 0, 0, 0, 0, 0x25, 4, 0, 8, 0, 0, 0x27, 4, 1, 2, 3, 4);
        ASKS(6, 7, RS_LOG_ERASE, 0x22, 2, 0, 0);
        break;
    case 2: /* what is asked while idle, at the smallest MTU */
        STEP(CONNECT, 0);
        ASKS(2, 1, RS_BATTERY);
        ASKS(5, 2, RS_BLINK, 7, 1, 1);
        ASKS(2, 3, RS_CALIBRATION);
        ASKS(16, 4, RS_CALIBRATE, 0x30, 12, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
        ASKS(3, 5, 0x7f, 1);
        break;
    case 3: /* a log until the flash is full, with restarts, faults and an empty battery */
        ASKS(13, 1, RS_LOG_START, 0x10, 2, 0x20, 3, 0x11, 1, 16, 0x12, 2, 0xd0, 7);
        STEP(PASS, 255, RESTART, PASS, 255, FAULT, 0xe1, PASS, 255, FAULT, 0xe0, PASS, 255, PASS, 255, PASS, 255);
        STEP(FAULT, 0xe4, PASS, 255, FAULT, 0x00, PASS, 255, FAULT, 0xe0, CONNECT, 80);
        ASKS(2, 2, RS_LOG_STOP);
        break;
    default:
        return 0;
    }
    return script.size;
}

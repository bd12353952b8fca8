/* What hosts write, as the board hands it over: any messages of an update, any writes and connections in any order. */
#include <string.h>

#include "bytes.h"
#include "fuzz.h"
#include "inbox.h"
#include "update.h"
#include "world.h"

#define SLOT_BYTES 256u
#define DAY_US UINT64_C(86400000000)

struct slot {
    size_t size;
    bool begun;
    uint8_t faults;
};

static struct world world;
static struct rs_inbox inbox;
static struct rs_update update;
static struct slot slot;

static bool begin(void *board) {
    struct slot *it = board;
    MUST(!it->begun); /* what was begun is dropped or finished first */
    it->size = 0;
    it->begun = (it->faults & 1u) == 0;
    return it->begun;
}

static bool write(void *board, const uint8_t *bytes, size_t count) {
    struct slot *it = board;
    MUST(it->begun && bytes != NULL && count > 0);
    if ((it->faults & 2u) != 0 || count > SLOT_BYTES - it->size) {
        return false;
    }
    it->size += count;
    return true;
}

static bool finish(void *board) {
    struct slot *it = board;
    MUST(it->begun && it->size > 0);
    it->begun = false;
    return (it->faults & 4u) == 0;
}

static void drop(void *board) {
    struct slot *it = board;
    MUST(it->begun);
    it->begun = false;
}

static const struct rs_update_slot table = {&slot, begin, write, finish, drop};

/* Bytes in a place of their own, so that one read too many is noticed. */
static uint8_t *take(struct fuzz_input *input, size_t *count) {
    const size_t wanted = fuzz_byte(input) & 63u;
    *count = wanted < input->left ? wanted : input->left;
    uint8_t *bytes = malloc(*count + 1u);
    MUST(bytes != NULL);
    memcpy(bytes, input->bytes, *count);
    input->bytes += *count;
    input->left -= *count;
    return bytes;
}

static void write_update(struct fuzz_input *input) {
    uint8_t state[RS_UPDATE_STATE_BYTES];
    size_t count;
    uint8_t *bytes = take(input, &count);
    const uint32_t before = update.written;
    const enum rs_update_result result = rs_update_write(&update, bytes, count, world.now_us);
    MUST(result < RS_UPDATE_RESULTS);
    if (result != RS_UPDATE_TAKEN && result != RS_UPDATE_FAILED) {
        MUST(update.written == before);
    }
    rs_update_state(&update, state, world.now_us);
    MUST(state[0] <= 2 && state[1] == result && (!update.begun || update.written == slot.size));
    free(bytes);
}

static void write_inbox(struct fuzz_input *input) {
    size_t count;
    const enum rs_channel channel = (enum rs_channel)(fuzz_byte(input) & 3u);
    uint8_t *bytes = take(input, &count);
    MUST(!rs_inbox_write(&inbox, channel, bytes, count, world.now_us) || inbox.connected);
    free(bytes);
}

static void step(struct fuzz_input *input) {
    switch (fuzz_byte(input) % 8u) {
    case 0:
        rs_update_open(&update, world.now_us);
        break;
    case 1:
        write_update(input);
        break;
    case 2:
        slot.faults = fuzz_byte(input);
        break;
    case 3:
        world.now_us += (DAY_US >> 9) * fuzz_byte(input);
        break;
    case 4:
        rs_inbox_connected(&inbox, (uint16_t)(fuzz_byte(input) * 2u));
        break;
    case 5:
        rs_inbox_disconnected(&inbox);
        break;
    case 6:
        write_inbox(input);
        break;
    default:
        rs_inbox_deliver(&inbox, &world.device);
        MUST(world.device.connected == inbox.connected && inbox.count == 0);
        (void)rs_device_poll(&world.device, 0);
        world_forget(&world);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
    struct fuzz_input input = {bytes, count < FUZZ_ROOM ? count : FUZZ_ROOM};
    world_make(&world);
    slot = (struct slot){0};
    rs_inbox_begin(&inbox);
    rs_update_begin(&update, &table);
    while (input.left > 0) {
        step(&input);
    }
    return 0;
}

size_t fuzz_seed(unsigned number, uint8_t bytes[FUZZ_ROOM]) {
    static const uint8_t image[] = {0, 1, 8, 0, 0, 0, 0, 1, 2, 3, 4, 1, 6, 4, 0, 0, 0, 5, 6,
                                    1, 8, 0xff, 0xff, 0xff, 0xff, 6, 0, 0, 0};
    static const uint8_t hosts[] = {4, 122, 6, 0, 2, 1, 1, 7, 6, 2, 4, 9, 0, 0, 0,
                                    5, 4,   20, 6, 3, 4, 0, 1, 0, 0, 7, 5, 7};
    switch (number) {
    case 0:
        memcpy(bytes, image, sizeof image);
        return sizeof image;
    case 1:
        memcpy(bytes, hosts, sizeof hosts);
        return sizeof hosts;
    default:
        return 0;
    }
}

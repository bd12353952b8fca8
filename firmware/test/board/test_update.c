/* New firmware, from a host that does it right, wrong, late, or not at all. */
#include "bytes.h"
#include "check.h"
#include "update.h"

#include <string.h>

#define MINUTE_US 60000000u

struct slot {
    bool fails_to_begin, fails_to_write, is_unsigned;
    unsigned begun, dropped, finished;
    size_t size;
    uint8_t bytes[64];
};

static struct slot slot;
static struct rs_update update;

static bool slot_begin(void *board) {
    struct slot *it = board;
    it->begun++;
    it->size = 0;
    return !it->fails_to_begin;
}

static bool slot_write(void *board, const uint8_t *bytes, size_t count) {
    struct slot *it = board;
    if (it->fails_to_write || it->size + count > sizeof it->bytes) {
        return false;
    }
    memcpy(it->bytes + it->size, bytes, count);
    it->size += count;
    return true;
}

static bool slot_finish(void *board) {
    struct slot *it = board;
    it->finished++;
    return !it->is_unsigned;
}

static void slot_drop(void *board) { ((struct slot *)board)->dropped++; }

static void begin(void) {
    static const struct rs_update_slot table = {&slot, slot_begin, slot_write, slot_finish, slot_drop};
    slot = (struct slot){0};
    rs_update_begin(&update, &table);
    rs_update_open(&update, 0);
}

static enum rs_update_result write(uint32_t offset, const char *bytes, uint64_t now_us) {
    uint8_t message[40];
    rs_put_u32(message, offset);
    memcpy(message + 4, bytes, strlen(bytes));
    return rs_update_write(&update, message, 4 + strlen(bytes), now_us);
}

static enum rs_update_result end(uint32_t size) {
    uint8_t message[8];
    rs_put_u32(message, RS_UPDATE_END);
    rs_put_u32(message + 4, size);
    return rs_update_write(&update, message, sizeof message, update.heard_us);
}

static void test_an_image_arrives_whole(void) {
    begin();
    CHECK(write(0, "firm", 1) == RS_UPDATE_TAKEN && write(4, "ware", 2) == RS_UPDATE_TAKEN);
    CHECK(!update.done);
    CHECK(end(8) == RS_UPDATE_TAKEN);
    CHECK(update.done && slot.size == 8 && memcmp(slot.bytes, "firmware", 8) == 0 && slot.dropped == 0);
    CHECK(write(0, "more", 4) == RS_UPDATE_CLOSED);
    rs_update_open(&update, 5);
    CHECK(!rs_update_waits(&update, 5)); /* it is to be started first */
}

static void test_nothing_is_taken_before_the_button_or_long_after_it(void) {
    begin();
    CHECK(rs_update_waits(&update, 5 * MINUTE_US - 1));
    CHECK(write(0, "firm", 5 * MINUTE_US) == RS_UPDATE_CLOSED && slot.begun == 0);
    rs_update_open(&update, 6 * MINUTE_US);
    CHECK(write(0, "firm", 10 * MINUTE_US) == RS_UPDATE_TAKEN);
    CHECK(rs_update_waits(&update, 14 * MINUTE_US)); /* every message gives it new time */
    CHECK(!rs_update_waits(&update, 15 * MINUTE_US) && slot.dropped == 1);
    CHECK(write(4, "ware", 15 * MINUTE_US) == RS_UPDATE_CLOSED);
    rs_update_begin(&update, update.slot);
    CHECK(write(0, "firm", 1) == RS_UPDATE_CLOSED);
}

static void test_what_does_not_follow_is_refused_and_the_image_goes_on(void) {
    begin();
    CHECK(write(4, "ware", 1) == RS_UPDATE_ASTRAY && end(0) == RS_UPDATE_ASTRAY);
    CHECK(write(0, "firm", 1) == RS_UPDATE_TAKEN);
    CHECK(write(5, "are", 1) == RS_UPDATE_ASTRAY && end(8) == RS_UPDATE_ASTRAY);
    CHECK(write(4, "ware", 1) == RS_UPDATE_TAKEN && end(8) == RS_UPDATE_TAKEN);
}

static void test_it_may_begin_again(void) {
    begin();
    CHECK(write(0, "wrong", 1) == RS_UPDATE_TAKEN && write(0, "firm", 1) == RS_UPDATE_TAKEN);
    CHECK(slot.begun == 2 && slot.dropped == 1 && slot.size == 4);
}

static void test_what_is_no_message_changes_nothing(void) {
    static const uint8_t short_one[] = {0, 0, 0}, empty[] = {0, 0, 0, 0},
                         no_length[] = {0xff, 0xff, 0xff, 0xff, 4, 0};
    begin();
    CHECK(rs_update_write(&update, short_one, sizeof short_one, 1) == RS_UPDATE_MALFORMED);
    CHECK(rs_update_write(&update, empty, sizeof empty, 1) == RS_UPDATE_MALFORMED);
    CHECK(rs_update_write(&update, no_length, sizeof no_length, 1) == RS_UPDATE_MALFORMED);
    CHECK(slot.begun == 0 && slot.finished == 0);
}

static void test_a_failing_flash_or_a_wrong_signature_leaves_the_old_firmware(void) {
    begin();
    slot.fails_to_begin = true;
    CHECK(write(0, "firm", 1) == RS_UPDATE_FAILED && write(4, "ware", 1) == RS_UPDATE_ASTRAY);
    begin();
    slot.fails_to_write = true;
    CHECK(write(0, "firm", 1) == RS_UPDATE_FAILED && slot.dropped == 1);
    begin();
    slot.is_unsigned = true;
    CHECK(write(0, "firm", 1) == RS_UPDATE_TAKEN && end(4) == RS_UPDATE_FAILED);
    CHECK(!update.done && slot.dropped == 0 && rs_update_waits(&update, 5)); /* another may be tried */
}

static void test_a_host_reads_how_it_stands(void) {
    uint8_t state[RS_UPDATE_STATE_BYTES];
    begin();
    rs_update_state(&update, state, 1);
    CHECK(state[0] == 1 && state[1] == RS_UPDATE_TAKEN && rs_get_u32(state + 2) == 0);
    CHECK(write(0, "firm", 1) == RS_UPDATE_TAKEN && write(9, "x", 1) == RS_UPDATE_ASTRAY);
    rs_update_state(&update, state, 1);
    CHECK(state[0] == 1 && state[1] == RS_UPDATE_ASTRAY && rs_get_u32(state + 2) == 4);
    CHECK(end(4) == RS_UPDATE_TAKEN);
    rs_update_state(&update, state, 1);
    CHECK(state[0] == 2 && state[1] == RS_UPDATE_TAKEN);
    begin();
    rs_update_state(&update, state, 5 * MINUTE_US);
    CHECK(state[0] == 0);
}

int main(void) {
    test_a_host_reads_how_it_stands();
    test_an_image_arrives_whole();
    test_nothing_is_taken_before_the_button_or_long_after_it();
    test_what_does_not_follow_is_refused_and_the_image_goes_on();
    test_it_may_begin_again();
    test_what_is_no_message_changes_nothing();
    test_a_failing_flash_or_a_wrong_signature_leaves_the_old_firmware();
    return checks_failed ? 1 : 0;
}

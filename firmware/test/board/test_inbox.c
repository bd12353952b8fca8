/* Two threads that never meet: whatever the radio told, in whatever order, the device knows in the end. */
#include "inbox.h"

#include <string.h>

#include "check.h"
#include "world.h"

static struct world world;
static struct rs_inbox inbox;

static void begin(void) {
    world_make(&world);
    rs_inbox_begin(&inbox);
}

static void deliver(void) {
    rs_inbox_deliver(&inbox, &world.device);
    (void)rs_device_poll(&world.device, 0);
}

static bool hello(uint8_t id) {
    return rs_inbox_write(&inbox, RS_CONTROL, (const uint8_t[]){id, RS_HELLO}, 2, world.now_us);
}

static void test_a_host_comes_agrees_asks_and_goes(void) {
    begin();
    CHECK(!hello(1)); /* nobody is there who could ask */
    rs_inbox_connected(&inbox, 20);
    deliver();
    CHECK(world.device.connected && world.device.payload == 20);
    rs_inbox_payload(&inbox, 244);
    CHECK(hello(2));
    deliver();
    CHECK(world.device.payload == 244 && world.note_count == 1 && world.notes[0].bytes[0] == 2);
    deliver();
    CHECK(world.note_count == 1); /* done once */
    rs_inbox_disconnected(&inbox);
    deliver();
    CHECK(!world.device.connected);
}

static void test_an_end_is_not_missed_between_two_hosts(void) {
    begin();
    rs_inbox_connected(&inbox, 244);
    static const uint8_t configure[] = {1, 0x10, 0x10, 2, 200, 0, 0x11, 1, 16, 0x12, 2, 0, 0};
    CHECK(rs_inbox_write(&inbox, RS_CONTROL, configure, sizeof configure, 0));
    CHECK(rs_inbox_write(&inbox, RS_CONTROL, (const uint8_t[]){2, RS_START}, 2, 0));
    deliver();
    world_pass_ms(&world, 100);
    CHECK(world.device.state == RS_STREAMING);
    rs_inbox_disconnected(&inbox); /* both before the device's thread looks again */
    rs_inbox_connected(&inbox, 20);
    deliver();
    CHECK(world.device.state == RS_IDLE && world.device.connected && world.device.payload == 20);
    CHECK(!world.perfect.running);
}

static void test_what_a_host_wrote_is_not_done_for_the_next(void) {
    begin();
    rs_inbox_connected(&inbox, 244);
    CHECK(hello(1));
    rs_inbox_disconnected(&inbox);
    rs_inbox_connected(&inbox, 244);
    deliver();
    CHECK(world.device.connected && world.note_count == 0);
}

static void test_who_came_and_went_was_never_there(void) {
    begin();
    rs_inbox_connected(&inbox, 244);
    rs_inbox_disconnected(&inbox);
    deliver();
    CHECK(!world.device.connected);
}

static void test_a_full_inbox_says_so_and_keeps_what_it_has(void) {
    begin();
    rs_inbox_connected(&inbox, 244);
    for (uint8_t i = 0; i < RS_INBOX_WRITES; i++) {
        CHECK(rs_inbox_write(&inbox, RS_SYNC, (const uint8_t[]){i, 0, 0, 0}, 4, i));
    }
    CHECK(!hello(1));
    rs_inbox_disconnected(&inbox); /* and this is heard all the same */
    deliver();
    CHECK(!world.device.connected);
}

static void test_a_request_that_is_too_long_is_refused_as_such(void) {
    uint8_t longer[200] = {7, RS_HELLO};
    begin();
    rs_inbox_connected(&inbox, 244);
    CHECK(rs_inbox_write(&inbox, RS_CONTROL, longer, sizeof longer, 0));
    deliver();
    CHECK(world.note_count == 1 && world.notes[0].bytes[0] == 7 && world.notes[0].bytes[2] == RS_BAD_FIELD);
}

static void test_the_clock_is_read_when_the_token_came(void) {
    begin();
    rs_inbox_connected(&inbox, 244);
    world.now_us = 9000;
    CHECK(rs_inbox_write(&inbox, RS_SYNC, (const uint8_t[]){1, 0, 0, 0}, 4, 7000));
    deliver();
    CHECK(world.note_count == 1 && world.notes[0].bytes[8] == 0x58 && world.notes[0].bytes[9] == 0x1b); /* 7000 */
    CHECK(world.notes[0].bytes[16] == 0xd0 && world.notes[0].bytes[17] == 0x07); /* held 2000 */
}

int main(void) {
    test_a_host_comes_agrees_asks_and_goes();
    test_an_end_is_not_missed_between_two_hosts();
    test_what_a_host_wrote_is_not_done_for_the_next();
    test_who_came_and_went_was_never_there();
    test_a_full_inbox_says_so_and_keeps_what_it_has();
    test_a_request_that_is_too_long_is_refused_as_such();
    test_the_clock_is_read_when_the_token_came();
    return checks_failed ? 1 : 0;
}

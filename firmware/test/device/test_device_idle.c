/* A sensor that measures nothing: who it is, what it keeps, what it refuses. */
#include <string.h>

#include "check.h"
#include "world.h"

static struct world world;
static struct world_answer answer;

static void begin(void) {
    world_make(&world);
    rs_device_connected(&world.device, 244);
}

static void test_it_says_hello(void) {
    begin();
    world.now_us = 1234567;
    CHECK(ASK(&world, &answer, 1, 0x01) == 0);
    CHECK(world_field(&answer, RS_TAG_PROTOCOL) == 1);
    CHECK(world_field(&answer, RS_TAG_STATE) == 0);
    CHECK(world_field(&answer, RS_TAG_BOOT_ID) == 1);
    CHECK(world_field(&answer, RS_TAG_TIME_US) == 1234567);
    world_restart(&world);
    rs_device_connected(&world.device, 244);
    CHECK(ASK(&world, &answer, 1, 0x01) == 0);
    CHECK(world_field(&answer, RS_TAG_BOOT_ID) == 2);
}

static void test_it_tells_its_battery(void) {
    begin();
    CHECK(ASK(&world, &answer, 2, 0x02) == 0);
    static const uint8_t of_the_page[] = {0x02, 0x82, 0x00, 0x05, 0x01, 0x57, 0x06, 0x02, 0xac, 0x0f};
    CHECK(world.notes[0].size == sizeof of_the_page);
    CHECK(memcmp(world.notes[0].bytes, of_the_page, sizeof of_the_page) == 0);
}

static void test_it_blinks_as_long_as_it_was_asked(void) {
    begin();
    CHECK(ASK(&world, NULL, 1, 0x03, 0x07, 1, 0) == RS_BAD_FIELD);
    CHECK(ASK(&world, NULL, 1, 0x03, 0x07, 1, 61) == RS_BAD_FIELD);
    CHECK(world.light == RS_DARK);
    CHECK(ASK(&world, NULL, 1, 0x03, 0x07, 1, 2) == 0);
    world_pass_ms(&world, 1900);
    CHECK(world.light == RS_BLINKING);
    world_pass_ms(&world, 200);
    CHECK(world.light == RS_DARK);
}

static void test_it_keeps_its_calibration_through_a_restart(void) {
    static const uint8_t acc[] = {1, 0x05, 0x30, 12, 1, 0, 0xff, 0xff, 3, 0, 4, 0, 5, 0, 6, 0};
    static const uint8_t gyr[] = {2, 0x05, 0x31, 12, 9, 0, 8, 0, 7, 0, 6, 0, 5, 0, 0, 0x80};
    begin();
    CHECK(world_ask(&world, NULL, acc, sizeof acc) == 0);
    CHECK(world_ask(&world, NULL, gyr, sizeof gyr) == 0);
    world_restart(&world);
    rs_device_connected(&world.device, 20);
    CHECK(ASK(&world, &answer, 3, 0x04) == 0);
    CHECK(answer.pieces == 2 && answer.size == 28);
    CHECK(memcmp(answer.fields, acc + 2, 14) == 0 && memcmp(answer.fields + 14, gyr + 2, 14) == 0);
    world.flash_fails = true;
    CHECK(world_ask(&world, NULL, acc, sizeof acc) == RS_FLASH_FAILED);
}

static void test_it_takes_the_nearest_setting_it_has(void) {
    begin();
    CHECK(ASK(&world, &answer, 3, 0x10, 0x10, 2, 0xc8, 0, 0x11, 1, 16, 0x12, 2, 0xd0, 0x07) == 0);
    CHECK(world_field(&answer, RS_TAG_SETTING) == 0x8d);
    CHECK(world_field(&answer, RS_TAG_RATE_MHZ) == 200000);
    CHECK(world_field(&answer, RS_TAG_ACC_SCALE) == 20480000);
    CHECK(world_has_field(&answer, RS_TAG_GYR_SCALE));
    CHECK(world_field(&answer, RS_TAG_BOOT_ID) == 1);
    CHECK(world_has_field(&answer, RS_TAG_TIME_US));
}

static void test_a_malformed_request_changes_nothing_and_is_told_why(void) {
    begin();
    const enum rs_state before = world.device.state;
    CHECK(ASK(&world, NULL, 1, 0x3f) == RS_UNKNOWN_COMMAND);
    CHECK(ASK(&world, NULL, 1, 0x01, 0x07, 1, 1) == RS_BAD_FIELD);       /* needs none */
    CHECK(ASK(&world, NULL, 1, 0x03) == RS_BAD_FIELD);                   /* lacks one */
    CHECK(ASK(&world, NULL, 1, 0x03, 0x7e, 1, 1) == RS_BAD_FIELD);       /* unknown */
    CHECK(ASK(&world, NULL, 1, 0x05) == RS_BAD_FIELD);                   /* one of two */
    CHECK(ASK(&world, NULL, 1, 0x11) == RS_WRONG_STATE);                 /* START before CONFIGURE */
    CHECK(world.note_count == 6);
    CHECK(world.notes[0].bytes[1] == 0xbf);
    world_write(&world, RS_CONTROL, "\x01", 1);
    world_write(&world, RS_DATA, "\x01\x01", 2);
    world_write(&world, RS_SYNC, "\x01", 1);
    world_pass_ms(&world, 100);
    CHECK(world.note_count == 6); /* nobody to answer */
    CHECK(world.device.state == before);
}

static void test_an_unknown_command_is_answered_as_one_piece(void) {
    begin();
    CHECK(ASK(&world, NULL, 1, 0xff) == RS_UNKNOWN_COMMAND);
    CHECK(world.notes[0].bytes[1] == 0xbf); /* bit 6 would promise more */
}

static void test_requests_wait_for_their_turn_and_too_many_are_dropped(void) {
    begin();
    world.buffers = 0;
    for (uint8_t id = 1; id <= 9; id++) {
        const uint8_t hello[] = {id, 0x01};
        rs_device_write(&world.device, RS_CONTROL, hello, 2, 0);
    }
    CHECK(rs_device_poll(&world.device, 0) == RS_REST_NOT);
    world.buffers = UINT32_MAX;
    world_pass_ms(&world, 100);
    CHECK(world.note_count == RS_REQUESTS);
    for (uint8_t i = 0; i < RS_REQUESTS; i++) {
        CHECK(world.notes[i].bytes[0] == i + 1);
    }
}

static void test_the_clock_is_read_ahead_of_everything(void) {
    begin();
    world.now_us = 5000;
    world.buffers = 0;
    world_write(&world, RS_CONTROL, "\x01\x01", 2);
    world_write(&world, RS_SYNC, "\x09\0\0\0", 4);
    world.now_us = 6250;
    world.buffers = UINT32_MAX;
    (void)rs_device_poll(&world.device, 0);
    CHECK(world.note_count == 2 && world.notes[0].channel == RS_SYNC && world.notes[1].channel == RS_CONTROL);
    static const uint8_t reply[] = {9, 0, 0, 0, 1, 0, 0, 0, 0x88, 0x13, 0, 0, 0, 0, 0, 0, 0xe2, 4, 0, 0};
    CHECK(memcmp(world.notes[0].bytes, reply, sizeof reply) == 0);
}

static void test_nobody_is_answered_who_is_not_connected(void) {
    world_make(&world);
    world_write(&world, RS_CONTROL, "\x01\x01", 2);
    CHECK(world.note_count == 0);
    rs_device_connected(&world.device, 244);
    world.buffers = 0;
    world_write(&world, RS_CONTROL, "\x01\x01", 2);
    rs_device_disconnected(&world.device);
    world.buffers = UINT32_MAX;
    rs_device_connected(&world.device, 244);
    world_pass_ms(&world, 100);
    CHECK(world.note_count == 0); /* the answer was for another connection */
}

static void test_payloads_that_do_not_exist_do_no_harm(void) {
    begin();
    rs_device_payload(&world.device, 0);
    CHECK(world.device.payload == RS_SMALLEST_PAYLOAD);
    rs_device_payload(&world.device, 0xffff);
    CHECK(world.device.payload == RS_FRAME_BYTES);
}

static void test_an_empty_battery_lets_it_sleep(void) {
    begin();
    world_pass_ms(&world, 500);
    CHECK(rs_device_poll(&world.device, 0) == RS_REST_WAIT);
    world.battery.millivolts = 3200;
    world_pass_ms(&world, 5000);
    CHECK(rs_device_poll(&world.device, 0) == RS_REST_OFF);
}

static void test_a_flash_that_fails_is_shown_and_told(void) {
    world_make(&world);
    world.flash_fails = true;
    world_restart(&world);
    rs_device_connected(&world.device, 244);
    world_pass_ms(&world, 10);
    CHECK(world.light == RS_LIGHT_FAULT);
    CHECK(ASK(&world, &answer, 1, 0x01) == 0 && world_field(&answer, RS_TAG_STATE) == 0);
}

static void test_a_partition_too_small_for_a_log_still_streams(void) {
    world_make(&world);
    world.hal.flash.sectors = 3;
    world_restart(&world);
    rs_device_connected(&world.device, 244);
    CHECK(ASK(&world, NULL, 1, 0x20) == RS_FLASH_FAILED);
    CHECK(ASK(&world, NULL, 1, 0x22) == 0);
    CHECK(world.light == RS_LIGHT_FAULT);
    CHECK(ASK(&world, NULL, 3, 0x10, 0x10, 2, 0xc8, 0, 0x11, 1, 16, 0x12, 2, 0xd0, 0x07) == 0);
    CHECK(ASK(&world, NULL, 4, 0x11) == 0);
}

static void test_a_board_without_a_place_for_the_log_says_so_and_streams(void) {
    for (uint32_t sectors = 0; sectors < 3; sectors++) {
        world_make(&world);
        world.hal.flash.sectors = sectors;
        world_restart(&world);
        rs_device_connected(&world.device, 244);
        world_pass_ms(&world, 20);
        CHECK(world.light == RS_LIGHT_FAULT);
        CHECK(ASK(&world, NULL, 1, 0x21, 0x10, 2, 200, 0, 0x11, 1, 16, 0x12, 2, 0, 0) == RS_FLASH_FAILED);
        CHECK(ASK(&world, NULL, 2, 0x10, 0x10, 2, 200, 0, 0x11, 1, 16, 0x12, 2, 0, 0) == 0);
        CHECK(ASK(&world, NULL, 3, 0x11) == 0);
        world_forget(&world);
        world_pass_ms(&world, 500);
        CHECK(world.note_count == 2 && world.notes[0].channel == RS_DATA);
    }
}

int main(void) {
    test_it_says_hello();
    test_it_tells_its_battery();
    test_it_blinks_as_long_as_it_was_asked();
    test_it_keeps_its_calibration_through_a_restart();
    test_it_takes_the_nearest_setting_it_has();
    test_a_malformed_request_changes_nothing_and_is_told_why();
    test_an_unknown_command_is_answered_as_one_piece();
    test_requests_wait_for_their_turn_and_too_many_are_dropped();
    test_the_clock_is_read_ahead_of_everything();
    test_nobody_is_answered_who_is_not_connected();
    test_payloads_that_do_not_exist_do_no_harm();
    test_a_board_without_a_place_for_the_log_says_so_and_streams();
    test_an_empty_battery_lets_it_sleep();
    test_a_flash_that_fails_is_shown_and_told();
    test_a_partition_too_small_for_a_log_still_streams();
    return checks_failed > 0;
}

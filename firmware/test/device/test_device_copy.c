/* A log is copied, confirmed and erased: as far as the host allows, and never before it has it. */
#include <string.h>

#include "bytes.h"
#include "check.h"
#include "crc.h"
#include "world.h"

static struct world world;
static struct world_answer answer;
static uint8_t log_bytes[WORLD_SECTORS * RS_SECTOR_BYTES];
static uint8_t copied[WORLD_SECTORS * RS_SECTOR_BYTES];

#define START_LOG 0x21, 0x10, 2, 0xc8, 0, 0x11, 1, 16, 0x12, 2, 0xd0, 0x07

/* A log of ten seconds, at rest; its length. */
static uint32_t begin(uint16_t payload) {
    world_make(&world);
    rs_device_connected(&world.device, payload);
    world_pass_ms(&world, 1000);
    CHECK(ASK(&world, NULL, 1, START_LOG) == 0);
    world_pass_ms(&world, 10000);
    CHECK(ASK(&world, NULL, 2, 0x22) == 0);
    const uint32_t used = rs_log_status(&world.device.log).used;
    CHECK(rs_log_read(&world.device.log, 0, log_bytes, used) == RS_LOG_DONE);
    world_forget(&world);
    return used;
}

static uint8_t ask3(uint8_t command, uint32_t offset, uint32_t length, uint8_t tag, uint32_t value) {
    uint8_t request[20] = {7, command, RS_TAG_OFFSET, 4, 0, 0, 0, 0, RS_TAG_LENGTH, 4, 0, 0, 0, 0, tag, 4};
    rs_put_u32(request + 4, offset);
    rs_put_u32(request + 10, length);
    rs_put_u32(request + 16, value);
    return world_ask(&world, &answer, request, tag == 0 ? 14 : 20);
}

static uint8_t read_log(uint32_t offset, uint32_t length, uint32_t allowed) {
    return ask3(RS_LOG_READ, offset, length, RS_TAG_ALLOWED, allowed);
}

static uint8_t confirm(uint32_t offset, uint32_t length) {
    const uint32_t crc = rs_crc32_more(0, log_bytes + offset, length);
    return ask3(RS_LOG_CONFIRM, offset, length, RS_TAG_CRC32, crc);
}

static void allow(uint32_t offset) {
    uint8_t bytes[4];
    rs_put_u32(bytes, offset);
    world_write(&world, RS_LOG, bytes, sizeof bytes);
}

/* Puts the notes of a read together; the number of bytes, in order and of that read, or 0. */
static uint32_t gathered(uint8_t id, uint32_t offset) {
    uint32_t at = offset;
    for (uint32_t i = 0; i < world.note_count; i++) {
        const struct note *note = &world.notes[i];
        if (note->channel == RS_LOG && note->bytes[0] == id) {
            if (rs_get_u32(note->bytes + 1) != at) {
                return 0;
            }
            memcpy(copied + at, note->bytes + 5, note->size - 5);
            at += (uint32_t)note->size - 5;
        }
    }
    return at - offset;
}

static void test_a_range_is_sent_as_far_as_it_is_allowed(void) {
    const uint32_t used = begin(244);
    CHECK(read_log(0, used, 1000) == 0);
    world_pass_ms(&world, 100);
    CHECK(world.notes[0].channel == RS_CONTROL); /* the answer before the first byte */
    CHECK(gathered(7, 0) == 1000);
    CHECK(world.device.state == RS_COPYING);
    allow(500); /* a smaller one changes nothing */
    world_write(&world, RS_LOG, "\xff\xff\xff", 3);
    CHECK(gathered(7, 0) == 1000);
    allow(UINT32_MAX);
    world_pass_ms(&world, 1000);
    CHECK(gathered(7, 0) == used && memcmp(copied, log_bytes, used) == 0);
    CHECK(world.device.state == RS_IDLE);
    CHECK(world.device.log.state.confirmed == 0);
}

static void test_a_copy_at_the_smallest_payload_with_a_busy_radio_is_whole(void) {
    const uint32_t used = begin(20);
    CHECK(read_log(4000, 5000, UINT32_MAX) == 0);
    for (unsigned i = 0; world.device.state == RS_COPYING && i < 2000; i++) {
        world.buffers = i % 4;
        world_pass_ms(&world, 10);
    }
    world.buffers = UINT32_MAX;
    CHECK(used > 9000);
    world_pass_ms(&world, 100);
    CHECK(world.device.state == RS_IDLE);
    CHECK(rs_crc32_more(0, copied + 4000, gathered(7, 4000)) == rs_crc32_more(0, log_bytes + 4000, 5000));
}

static void test_a_clock_reading_does_not_wait_for_a_copy(void) {
    const uint32_t used = begin(244);
    CHECK(read_log(0, used, used) == 0);
    world_forget(&world);
    world.buffers = 0;
    world_write(&world, RS_SYNC, "\x01\0\0\0", 4);
    world.buffers = 3;
    (void)rs_device_poll(&world.device, 0);
    CHECK(world.notes[0].channel == RS_SYNC && world.notes[1].channel == RS_LOG);
}

static void test_a_new_read_ends_the_one_before(void) {
    const uint32_t used = begin(244);
    CHECK(read_log(0, used, 300) == 0);
    CHECK(ASK(&world, NULL, 8, 0x23, 0x24, 4, 0, 0x10, 0, 0, 0x25, 4, 16, 0, 0, 0, 0x26, 4, 0, 0xff, 0, 0) == 0);
    world_pass_ms(&world, 100);
    CHECK(gathered(7, 0) == 300);
    CHECK(gathered(8, 0x1000) == 16);
    CHECK(world.device.state == RS_IDLE);
}

static void test_ranges_that_are_none_are_refused(void) {
    const uint32_t used = begin(244);
    CHECK(read_log(0, 0, 0) == RS_OUT_OF_RANGE);
    CHECK(read_log(0, 65537, 0) == RS_OUT_OF_RANGE);
    CHECK(read_log(used, 1, 0) == RS_OUT_OF_RANGE);
    CHECK(read_log(UINT32_MAX, 2, 0) == RS_OUT_OF_RANGE);
    CHECK(read_log(1, used, 0) == RS_OUT_OF_RANGE);
    CHECK(ask3(RS_LOG_CRC, used - 1, 2, 0, 0) == RS_OUT_OF_RANGE);
    CHECK(world.device.state == RS_IDLE);
}

static void test_without_a_log_there_is_nothing_to_read(void) {
    world_make(&world);
    rs_device_connected(&world.device, 244);
    CHECK(read_log(0, 1, 1) == RS_NO_LOG);
    CHECK(ask3(RS_LOG_CRC, 0, 1, 0, 0) == RS_NO_LOG);
    CHECK(ask3(RS_LOG_CONFIRM, 0, 1, RS_TAG_CRC32, 0) == RS_NO_LOG);
}

static void test_only_what_was_copied_is_erased(void) {
    const uint32_t used = begin(244);
    CHECK(ask3(RS_LOG_CRC, 0, used, 0, 0) == 0);
    CHECK(world_field(&answer, RS_TAG_CRC32) == rs_crc32_more(0, log_bytes, used));
    CHECK(ASK(&world, NULL, 9, 0x26, 0x22, 2, 0, 0) == RS_NOT_CONFIRMED);
    CHECK(confirm(100, 100) == RS_OUT_OF_RANGE); /* what lies before was never confirmed */
    log_bytes[50] ^= 1;
    CHECK(confirm(0, 100) == RS_CRC_MISMATCH);
    log_bytes[50] ^= 1;
    CHECK(confirm(0, 100) == 0 && world_field(&answer, RS_TAG_CONFIRMED) == 100);
    world_restart(&world);
    rs_device_connected(&world.device, 244);
    CHECK(ASK(&world, &answer, 3, 0x20) == 0 && world_field(&answer, RS_TAG_CONFIRMED) == 100);
    CHECK(confirm(50, used - 50) == 0);
    CHECK(ASK(&world, NULL, 9, 0x26, 0x22, 2, 9, 9) == RS_BAD_FIELD); /* another generation */
    CHECK(ASK(&world, &answer, 9, 0x26, 0x22, 2, 0, 0) == 0 && world_field(&answer, RS_TAG_GENERATION) == 1);
    CHECK(ASK(&world, &answer, 3, 0x20) == 0 && !world_has_field(&answer, RS_TAG_SETTING));
    CHECK(ASK(&world, NULL, 1, START_LOG) == 0);
}

static void test_erasing_goes_on_in_idle_time(void) {
    const uint32_t used = begin(244);
    CHECK(confirm(0, used) == 0);
    CHECK(ASK(&world, NULL, 9, 0x26, 0x22, 2, 0, 0) == 0);
    CHECK(world.device.log.state.dirty > 0);
    CHECK(rs_device_poll(&world.device, 0) == RS_REST_NOT);
    world_pass_ms(&world, 1000);
    CHECK(world.device.log.state.dirty == 0);
    CHECK(rs_device_poll(&world.device, 0) == RS_REST_WAIT);
}

static void test_a_connection_that_ends_forgets_the_read(void) {
    const uint32_t used = begin(244);
    CHECK(read_log(0, used, 300) == 0);
    rs_device_disconnected(&world.device);
    CHECK(world.device.state == RS_IDLE);
    rs_device_connected(&world.device, 244);
    world_forget(&world);
    allow(UINT32_MAX);
    world_pass_ms(&world, 100);
    CHECK(world.note_count == 0);
}

static void test_a_stream_ends_the_read(void) {
    const uint32_t used = begin(244);
    CHECK(read_log(0, used, 300) == 0);
    CHECK(ASK(&world, NULL, 3, 0x10, 0x10, 2, 0xc8, 0, 0x11, 1, 16, 0x12, 2, 0xd0, 0x07) == 0);
    CHECK(world.device.state == RS_COPYING);
    CHECK(ASK(&world, NULL, 4, 0x11) == 0);
    world_forget(&world);
    allow(UINT32_MAX);
    world_pass_ms(&world, 100);
    CHECK(gathered(7, 0) == 0);
    CHECK(world.device.state == RS_STREAMING);
}

static void test_an_erased_log_is_not_read_on(void) {
    const uint32_t used = begin(244);
    CHECK(confirm(0, used) == 0);
    CHECK(read_log(0, used, 300) == 0);
    CHECK(ASK(&world, NULL, 9, 0x26, 0x22, 2, 0, 0) == 0);
    CHECK(world.device.state == RS_IDLE);
    world_forget(&world);
    allow(UINT32_MAX);
    world_pass_ms(&world, 100);
    CHECK(world.note_count == 0);
}

static void test_a_flash_that_cannot_be_read_is_told_when_asked_for_its_crc(void) {
    const uint32_t used = begin(244);
    world.flash_mute = true;
    CHECK(read_log(0, used, used) == 0);
    world_pass_ms(&world, 100);
    CHECK(gathered(7, 0) == 0 && world.device.state == RS_IDLE);
    CHECK(ask3(RS_LOG_CRC, 0, used, 0, 0) == RS_FLASH_FAILED);
    CHECK(confirm(0, used) == RS_FLASH_FAILED);
    CHECK(world.device.log.state.confirmed == 0);
}

static void test_a_log_can_be_copied_from_a_sensor_whose_chip_is_dead(void) {
    const uint32_t used = begin(244);
    world.perfect.dead = true;
    world_restart(&world);
    rs_device_connected(&world.device, 244);
    CHECK(world.device.state == RS_FAULT);
    CHECK(read_log(0, used, used) == 0);
    world_pass_ms(&world, 1000);
    CHECK(gathered(7, 0) == used && memcmp(copied, log_bytes, used) == 0);
    CHECK(confirm(0, used) == 0);
    CHECK(ASK(&world, NULL, 9, 0x26, 0x22, 2, 0, 0) == 0);
    CHECK(world.device.state == RS_FAULT);
}

int main(void) {
    test_a_range_is_sent_as_far_as_it_is_allowed();
    test_a_copy_at_the_smallest_payload_with_a_busy_radio_is_whole();
    test_a_clock_reading_does_not_wait_for_a_copy();
    test_a_new_read_ends_the_one_before();
    test_ranges_that_are_none_are_refused();
    test_without_a_log_there_is_nothing_to_read();
    test_only_what_was_copied_is_erased();
    test_erasing_goes_on_in_idle_time();
    test_a_connection_that_ends_forgets_the_read();
    test_a_stream_ends_the_read();
    test_an_erased_log_is_not_read_on();
    test_a_flash_that_cannot_be_read_is_told_when_asked_for_its_crc();
    test_a_log_can_be_copied_from_a_sensor_whose_chip_is_dead();
    return checks_failed > 0;
}

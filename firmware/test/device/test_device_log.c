/* A log: begun, gone on with after a restart, ended by the host, a full flash, an empty battery or a failing chip. */
#include <string.h>

#include "bytes.h"
#include "check.h"
#include "setting.h"
#include "world.h"

static struct world world;
static struct world_answer answer;

#define START_LOG 0x21, 0x10, 2, 0xc8, 0, 0x11, 1, 16, 0x12, 2, 0xd0, 0x07
#define CAPACITY ((WORLD_SECTORS - RS_KEPT_SECTORS) * RS_SECTOR_BYTES)

static void begin(void) {
    world_make(&world);
    rs_device_connected(&world.device, 244);
    world_pass_ms(&world, 1000);
    CHECK(ASK(&world, &answer, 1, START_LOG) == 0);
}

struct found {
    unsigned heads, frames, samples, flags;
    uint32_t boots;      /* bits */
    uint64_t first_us;   /* of the first head */
    bool in_order;       /* within each boot */
};

/* Reads the log as the host will, record by record, from flash. */
static struct found log_found(void) {
    static uint8_t bytes[CAPACITY];
    struct found found = {.in_order = true};
    const uint32_t used = rs_log_status(&world.device.log).used;
    CHECK(used == 0 || rs_log_read(&world.device.log, 0, bytes, used < 65536 ? used : 65536) == RS_LOG_DONE);
    int16_t number = 0;
    for (uint32_t at = 0; at < used;) {
        struct rs_head head;
        struct rs_frame frame;
        if (used - at >= RS_HEAD_BYTES && rs_head_decode(bytes + at, &head)) {
            found.first_us = found.heads++ == 0 ? head.time_us : found.first_us;
            found.boots |= 1u << head.boot;
            at += RS_HEAD_BYTES;
        } else if (rs_frame_decode(bytes + at, used - at, &frame) == RS_READ_WHOLE) {
            number = frame.sequence == 0 ? 0 : number;
            for (size_t i = 0; i < frame.count; i++) {
                found.in_order &= rs_get_i16(frame.counts + i * rs_setting_sample_bytes(frame.setting)) == number++;
            }
            found.frames++;
            found.samples += frame.count;
            found.flags |= frame.flags;
            at += (uint32_t)rs_frame_bytes(&frame);
        } else {
            at++;
        }
    }
    return found;
}

static void test_the_answer_tells_the_first_sample(void) {
    begin();
    const struct found found = log_found();
    CHECK(found.heads == 1); /* written before the answer */
    CHECK(world_field(&answer, RS_TAG_TIME_US) == found.first_us && found.first_us == 1000000 + 5000);
    CHECK(world_field(&answer, RS_TAG_BOOT_ID) == 1);
    CHECK(world_field(&answer, RS_TAG_SETTING) == 0x8d);
    CHECK(world_has_field(&answer, RS_TAG_GENERATION) && world_has_field(&answer, RS_TAG_RATE_MHZ));
    world_pass_ms(&world, 100);
    CHECK(world.light == RS_LIGHT_LOGGING);
}

static void test_every_sample_of_a_log_is_in_flash(void) {
    begin();
    world_pass_ms(&world, 10000 - 10);
    CHECK(ASK(&world, NULL, 2, 0x22) == 0);
    const struct found found = log_found();
    CHECK(found.samples == 2000 && found.frames == 49 && found.heads == 7 && found.in_order);
    CHECK(found.flags == RS_GAP);
    CHECK(ASK(&world, &answer, 3, 0x20) == 0);
    CHECK(world_field(&answer, RS_TAG_STATE) == 0);
    CHECK(world_field(&answer, RS_TAG_USED) == rs_log_status(&world.device.log).used);
    CHECK(world_field(&answer, RS_TAG_CAPACITY) == CAPACITY);
    CHECK(world_field(&answer, RS_TAG_TIME_US) == found.first_us);
    CHECK(!world.perfect.running);
}

static void test_a_log_goes_on_without_its_connection(void) {
    begin();
    rs_device_disconnected(&world.device);
    world_pass_ms(&world, 5000);
    rs_device_connected(&world.device, 244);
    CHECK(ASK(&world, &answer, 3, 0x20) == 0 && world_field(&answer, RS_TAG_STATE) == 2);
    CHECK(ASK(&world, NULL, 2, 0x22) == 0);
    CHECK(log_found().samples == 1002 && log_found().in_order);
}

static void test_a_log_goes_on_after_a_restart(void) {
    begin();
    world_pass_ms(&world, 5000);
    world_restart(&world);
    CHECK(world.device.state == RS_LOGGING);
    world_pass_ms(&world, 5000);
    rs_device_connected(&world.device, 244);
    CHECK(ASK(&world, NULL, 2, 0x22) == 0);
    const struct found found = log_found();
    CHECK(found.in_order && found.boots == (1u << 1 | 1u << 2));
    CHECK(found.samples == 1002 / 41 * 41 + 1000); /* the frame that was filling is lost */
}

static void test_a_log_goes_on_when_the_chip_answers_late(void) {
    begin();
    world_pass_ms(&world, 1000);
    world.perfect.dead = true;
    world_restart(&world);
    world_pass_ms(&world, 2500);
    CHECK(world.device.state == RS_LOGGING && world.light == RS_LIGHT_FAULT);
    world.perfect.dead = false;
    world_pass_ms(&world, 2000);
    rs_device_connected(&world.device, 244);
    CHECK(ASK(&world, NULL, 2, 0x22) == 0);
    CHECK(log_found().flags == (RS_GAP | RS_BUS_ERROR) && log_found().boots == (1u << 1 | 1u << 2));
}

static void test_an_ended_log_stays_ended(void) {
    begin();
    world_pass_ms(&world, 1000);
    CHECK(ASK(&world, NULL, 2, 0x22) == 0);
    const uint32_t used = rs_log_status(&world.device.log).used;
    world_restart(&world);
    CHECK(world.device.state == RS_IDLE && rs_log_status(&world.device.log).used == used);
    rs_device_connected(&world.device, 244);
    CHECK(ASK(&world, NULL, 1, START_LOG) == RS_HAS_LOG);
}

static void test_a_full_flash_ends_the_log_and_keeps_it(void) {
    begin();
    world_pass_ms(&world, 30000); /* 14 sectors hold 23 s */
    CHECK(world.device.state == RS_IDLE && world.light == RS_LIGHT_FULL && !world.perfect.running);
    CHECK(log_found().samples == 14 * 8 * 41 && log_found().in_order);
    CHECK(ASK(&world, NULL, 2, 0x22) == 0);
    CHECK(ASK(&world, NULL, 1, START_LOG) == RS_HAS_LOG);
    world_restart(&world);
    world_pass_ms(&world, 10);
    CHECK(world.device.state == RS_IDLE && world.light == RS_LIGHT_FULL);
}

static void test_an_empty_battery_ends_the_log_for_good(void) {
    begin();
    world_pass_ms(&world, 2000);
    world.battery.millivolts = 3250;
    world_pass_ms(&world, 4000);
    CHECK(world.device.state == RS_IDLE);
    CHECK(log_found().samples > 800 && log_found().in_order);
    rs_device_disconnected(&world.device);
    CHECK(rs_device_poll(&world.device, 0) != RS_REST_WAIT);
    const uint32_t used = rs_log_status(&world.device.log).used;
    world.battery.millivolts = 4000;
    world_restart(&world);
    CHECK(world.device.state == RS_IDLE && rs_log_status(&world.device.log).used == used);
}

static void test_the_flash_may_fill_up_with_the_last_of_the_battery(void) {
    begin();
    world.battery.millivolts = 3250;
    while (world.device.charge.empty < RS_CHARGE_READINGS - 1) {
        world_pass_ms(&world, 10);
    }
    world.now_us += 30000000; /* more than there is room for, all taken as the log is ended */
    (void)rs_device_poll(&world.device, 0);
    CHECK(world.device.state == RS_IDLE && !rs_log_status(&world.device.log).running);
    CHECK(log_found().samples == 14 * 8 * 41 && log_found().in_order);
}

static void test_a_restart_by_an_empty_battery_does_not_write_on(void) {
    begin();
    world_pass_ms(&world, 2000);
    world.battery.millivolts = 3100;
    world_restart(&world);
    CHECK(world.device.state == RS_IDLE && rs_log_status(&world.device.log).present);
    CHECK(!rs_log_status(&world.device.log).running);
}

static void test_a_flash_that_fails_ends_the_log(void) {
    begin();
    world_pass_ms(&world, 2000);
    const uint32_t used = rs_log_status(&world.device.log).used;
    world.flash_fails = true;
    world_pass_ms(&world, 1000);
    CHECK(world.device.state == RS_FAULT && world.light == RS_LIGHT_FAULT && !world.perfect.running);
    CHECK(rs_log_status(&world.device.log).used >= used);
    CHECK(ASK(&world, NULL, 2, 0x22) == RS_FLASH_FAILED); /* the end could not be written */
    world.flash_fails = false;
    CHECK(ASK(&world, NULL, 2, 0x22) == 0);
    world_restart(&world);
    CHECK(!rs_log_status(&world.device.log).running);
}

static void test_a_last_frame_that_cannot_be_written_is_told(void) {
    begin();
    world_pass_ms(&world, 100);
    world.flash_fails = true;
    CHECK(ASK(&world, NULL, 2, 0x22) == RS_FLASH_FAILED);
    CHECK(world.device.state == RS_FAULT);
}

static void test_a_log_that_cannot_begin_is_refused(void) {
    world_make(&world);
    rs_device_connected(&world.device, 244);
    world_pass_ms(&world, 1000);
    world.flash_fails = true;
    CHECK(ASK(&world, NULL, 1, START_LOG) == RS_FLASH_FAILED);
    CHECK(world.device.state == RS_FAULT && !world.perfect.running);
    world.flash_fails = false;
    world.perfect.dead = true;
    CHECK(ASK(&world, NULL, 1, START_LOG) == RS_CHIP_FAILED);
    world.perfect.dead = false;
    world.perfect.still = true;
    CHECK(ASK(&world, NULL, 1, START_LOG) == RS_CHIP_FAILED); /* it answers, but never has a sample */
    CHECK(world.device.state == RS_FAULT && !rs_log_status(&world.device.log).present);
    world.perfect.still = false;
    world.battery.millivolts = 3400;
    world_pass_ms(&world, 1100);
    CHECK(ASK(&world, NULL, 1, START_LOG) == RS_BATTERY_LOW);
    world.battery.millivolts = 4000;
    world_pass_ms(&world, 1100);
    CHECK(ASK(&world, NULL, 1, START_LOG) == 0);
}

static void test_a_log_that_was_asked_for_begins_without_its_host(void) {
    static const uint8_t start[] = {1, START_LOG};
    world_make(&world);
    rs_device_connected(&world.device, 244);
    world_write(&world, RS_CONTROL, start, sizeof start);
    CHECK(world.device.state == RS_BEGINNING);
    rs_device_disconnected(&world.device);
    rs_device_connected(&world.device, 244);
    world_pass_ms(&world, 1000);
    CHECK(world.device.state == RS_LOGGING && world.note_count == 0);
}

static void test_a_log_can_be_stopped_before_its_first_sample(void) {
    static const uint8_t start[] = {1, START_LOG};
    world_make(&world);
    world.perfect.still = true;
    rs_device_connected(&world.device, 244);
    world_write(&world, RS_CONTROL, start, sizeof start);
    rs_device_disconnected(&world.device);
    rs_device_connected(&world.device, 244);
    CHECK(ASK(&world, NULL, 2, 0x22) == 0);
    CHECK(world.device.state == RS_IDLE && !world.perfect.running);
    CHECK(ASK(&world, &answer, 3, 0x20) == 0 && !world_has_field(&answer, RS_TAG_SETTING));
}

static void test_while_it_logs_nothing_of_the_log_is_told_but_its_status(void) {
    begin();
    CHECK(ASK(&world, NULL, 4, 0x23, 0x24, 4, 0, 0, 0, 0, 0x25, 4, 1, 0, 0, 0, 0x26, 4, 0, 0, 0, 0) == RS_WRONG_STATE);
    CHECK(ASK(&world, NULL, 4, 0x24, 0x24, 4, 0, 0, 0, 0, 0x25, 4, 1, 0, 0, 0) == RS_WRONG_STATE);
    CHECK(ASK(&world, NULL, 4, 0x26, 0x22, 2, 0, 0) == RS_WRONG_STATE);
    CHECK(ASK(&world, NULL, 4, 0x12) == 0);
    CHECK(world.device.state == RS_LOGGING);
}

int main(void) {
    test_the_answer_tells_the_first_sample();
    test_every_sample_of_a_log_is_in_flash();
    test_a_log_goes_on_without_its_connection();
    test_a_log_goes_on_after_a_restart();
    test_a_log_goes_on_when_the_chip_answers_late();
    test_an_ended_log_stays_ended();
    test_a_full_flash_ends_the_log_and_keeps_it();
    test_an_empty_battery_ends_the_log_for_good();
    test_the_flash_may_fill_up_with_the_last_of_the_battery();
    test_a_restart_by_an_empty_battery_does_not_write_on();
    test_a_flash_that_fails_ends_the_log();
    test_a_last_frame_that_cannot_be_written_is_told();
    test_a_log_that_cannot_begin_is_refused();
    test_a_log_that_was_asked_for_begins_without_its_host();
    test_a_log_can_be_stopped_before_its_first_sample();
    test_while_it_logs_nothing_of_the_log_is_told_but_its_status();
    return checks_failed > 0;
}

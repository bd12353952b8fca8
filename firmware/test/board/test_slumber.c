/* When the sensor may sleep: never so that two sensors' clocks come apart, and not for ever awake. */
#include "slumber.h"

#include "check.h"
#include "world.h"

#define MINUTE_US UINT64_C(60000000)
#define IDLE_US (30 * MINUTE_US)
#define WAITING_US (720 * MINUTE_US)

static struct world world;
static struct rs_slumber slumber;

static void begin(void) {
    world_make(&world);
    rs_slumber_begin(&slumber, IDLE_US, WAITING_US, 0);
}

static enum rs_depth at(uint64_t now_us) { return rs_slumber_depth(&slumber, &world.device, now_us); }

/* A log of a second that has ended or still runs. */
static void log_something(bool ends) {
    rs_device_connected(&world.device, 244);
    CHECK(ASK(&world, NULL, 1, 0x21, 0x10, 2, 200, 0, 0x11, 1, 16, 0x12, 2, 0, 0) == 0);
    world_pass_ms(&world, 1000);
    if (ends) {
        CHECK(ASK(&world, NULL, 2, 0x22) == 0);
    }
}

static void test_with_nothing_to_do_it_dozes_and_falls_asleep(void) {
    begin();
    CHECK(at(1) == RS_DOZE && at(IDLE_US - 1) == RS_DOZE && at(IDLE_US) == RS_ASLEEP);
}

static void test_a_host_keeps_it_awake_and_the_time_begins_anew_when_it_goes(void) {
    begin();
    rs_device_connected(&world.device, 244);
    CHECK(at(40 * MINUTE_US) == RS_AWAKE && !rs_slumber_may_end(&world.device));
    rs_device_disconnected(&world.device);
    CHECK(at(60 * MINUTE_US) == RS_DOZE && at(70 * MINUTE_US) == RS_ASLEEP);
    CHECK(rs_slumber_may_end(&world.device));
}

static void test_a_log_keeps_it_awake_for_as_long_as_it_runs(void) {
    begin();
    log_something(false);
    rs_device_disconnected(&world.device);
    CHECK(at(2000 * MINUTE_US) == RS_AWAKE && !rs_slumber_may_end(&world.device));
}

static void test_a_log_that_waits_for_its_host_keeps_the_clock_for_half_a_day(void) {
    begin();
    log_something(true);
    CHECK(at(MINUTE_US) == RS_AWAKE);
    rs_device_disconnected(&world.device);
    CHECK(at(60 * MINUTE_US) == RS_AWAKE && at(MINUTE_US + WAITING_US) == RS_ASLEEP);
    CHECK(rs_log_status(&world.device.log).present); /* it is still there tomorrow */
}

static void test_a_log_that_was_copied_keeps_nobody_awake(void) {
    begin();
    log_something(true);
    rs_device_disconnected(&world.device);
    world.device.log.state.confirmed = world.device.log.state.used;
    CHECK(at(MINUTE_US) == RS_DOZE && at(IDLE_US) == RS_ASLEEP);
}

static void test_a_fault_does_not_keep_it_awake(void) {
    begin();
    world.perfect.dead = true;
    world_restart(&world);
    CHECK(world.device.state == RS_FAULT && at(1) == RS_DOZE && at(IDLE_US) == RS_ASLEEP);
}

static void test_a_board_without_a_partition_for_the_log_sleeps_like_any_other(void) {
    begin();
    world.hal.flash.sectors = 0;
    world_restart(&world);
    CHECK(!world.device.has_log && at(1) == RS_DOZE && at(IDLE_US) == RS_ASLEEP);
}

int main(void) {
    test_with_nothing_to_do_it_dozes_and_falls_asleep();
    test_a_host_keeps_it_awake_and_the_time_begins_anew_when_it_goes();
    test_a_log_keeps_it_awake_for_as_long_as_it_runs();
    test_a_log_that_waits_for_its_host_keeps_the_clock_for_half_a_day();
    test_a_log_that_was_copied_keeps_nobody_awake();
    test_a_fault_does_not_keep_it_awake();
    test_a_board_without_a_partition_for_the_log_sleeps_like_any_other();
    return checks_failed ? 1 : 0;
}

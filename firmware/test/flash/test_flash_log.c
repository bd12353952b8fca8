/* The log as its users know it: what is in it, what is refused, and what it costs. */
#include <string.h>

#include "check.h"
#include "crc.h"
#include "flash_frames.h"
#include "flash_sensor.h"

static void frames_come_back_by_offset(void) {
    struct sensor sensor;
    CHECK(sensor_unpack(&sensor, SECTORS));
    CHECK(!rs_log_status(&sensor.log).present);
    CHECK(sensor_start(&sensor) == RS_LOG_DONE);
    CHECK(rs_log_status(&sensor.log).used == RS_HEAD_BYTES);
    CHECK(sensor_append_all(&sensor, 20));
    CHECK(rs_log_stop(&sensor.log) == RS_LOG_DONE);
    const struct rs_log_status status = rs_log_status(&sensor.log);
    CHECK(status.present && !status.running && status.generation == 0 && status.boot == 1);
    CHECK(status.used == 2 * RS_SECTOR_BYTES + RS_HEAD_BYTES + 4 * RS_FRAME_BYTES);
    CHECK(status.capacity == CAPACITY * RS_SECTOR_BYTES && status.time_us == 1000000);
    CHECK(memcmp(&status.setting, &flash_six_axes, sizeof status.setting) == 0);
    struct flash_found found = flash_frames_find(&sensor.log);
    CHECK(sensor_holds(&sensor, 20) && found.heads == 3 && found.skipped == 0);
    CHECK(found.last_head_us == 16 * 205000u); /* of the first frame in the sector */
    CHECK(sensor_put_away(&sensor));
}

static void what_cannot_be_is_refused_and_changes_nothing(void) {
    struct sensor sensor;
    uint8_t frame[RS_SECTOR_BYTES] = {0};
    uint32_t crc;
    CHECK(sensor_unpack(&sensor, SECTORS));
    CHECK(sensor_append(&sensor) == RS_LOG_NONE);
    CHECK(rs_log_stop(&sensor.log) == RS_LOG_DONE);
    CHECK(rs_log_read(&sensor.log, 0, frame, 1) == RS_LOG_NONE);
    CHECK(rs_log_crc(&sensor.log, 0, 1, &crc) == RS_LOG_NONE);
    CHECK(rs_log_confirm(&sensor.log, 0, 1, 0) == RS_LOG_NONE);
    CHECK(sensor_start(&sensor) == RS_LOG_DONE);
    CHECK(sensor_start(&sensor) == RS_LOG_PRESENT);
    CHECK(rs_log_append(&sensor.log, frame, RS_FRAME_OVERHEAD_BYTES - 1, 0) == RS_LOG_OUTSIDE);
    CHECK(rs_log_append(&sensor.log, frame, RS_SECTOR_BYTES - RS_HEAD_BYTES + 1, 0) == RS_LOG_OUTSIDE);
    CHECK(sensor_append_all(&sensor, 17));
    CHECK(rs_log_confirm(&sensor.log, 0, 1, 0) == RS_LOG_BUSY);
    CHECK(rs_log_erase(&sensor.log, 0) == RS_LOG_BUSY);
    CHECK(rs_log_stop(&sensor.log) == RS_LOG_DONE);
    CHECK(sensor_start(&sensor) == RS_LOG_PRESENT);
    const struct rs_log_state before = sensor.log.state;
    CHECK(rs_log_crc(&sensor.log, 0, 0, &crc) == RS_LOG_OUTSIDE);
    CHECK(rs_log_crc(&sensor.log, 0, RS_LOG_RANGE_BYTES + 1, &crc) == RS_LOG_OUTSIDE);
    CHECK(rs_log_crc(&sensor.log, 0, before.used + 1, &crc) == RS_LOG_OUTSIDE);
    CHECK(rs_log_crc(&sensor.log, 0xffffffff, 2, &crc) == RS_LOG_OUTSIDE);
    CHECK(rs_log_crc(&sensor.log, 1, before.used - 1, &crc) == RS_LOG_DONE);
    CHECK(rs_log_confirm(&sensor.log, 1, before.used - 1, crc) == RS_LOG_OUTSIDE);
    CHECK(rs_log_confirm(&sensor.log, 0, 100, crc) == RS_LOG_MISMATCH);
    CHECK(rs_log_erase(&sensor.log, 1) == RS_LOG_MISMATCH);
    CHECK(rs_log_erase(&sensor.log, 0) == RS_LOG_UNCONFIRMED);
    CHECK(memcmp(&before, &sensor.log.state, sizeof before) == 0);
    CHECK(sensor_put_away(&sensor));
    struct flash_model small;
    flash_model_make(&small, 5);
    CHECK(rs_kept_begin(&sensor.kept, &small.hal) && !rs_log_begin(&sensor.log, &small.hal, &sensor.kept));
    small.hal.sectors = 70000;
    CHECK(!rs_log_begin(&sensor.log, &small.hal, &sensor.kept));
    flash_model_free(&small);
}

static void confirmations_follow_each_other_and_are_remembered(void) {
    struct sensor sensor;
    uint32_t crc;
    CHECK(sensor_unpack(&sensor, SECTORS));
    CHECK(sensor_start(&sensor) == RS_LOG_DONE);
    CHECK(sensor_append_all(&sensor, 17));
    CHECK(rs_log_stop(&sensor.log) == RS_LOG_DONE);
    CHECK(rs_log_crc(&sensor.log, 0, 5000, &crc) == RS_LOG_DONE);
    CHECK(rs_log_confirm(&sensor.log, 0, 5000, crc) == RS_LOG_DONE);
    CHECK(sensor_restart(&sensor));
    CHECK(rs_log_status(&sensor.log).confirmed == 5000);
    uint32_t writes = sensor.flash.writes;
    CHECK(rs_log_confirm(&sensor.log, 0, 5000, crc) == RS_LOG_DONE); /* told twice */
    CHECK(sensor.flash.writes == writes);
    CHECK(sensor_confirm_all(&sensor));
    CHECK(sensor_restart(&sensor));
    CHECK(sensor_erase(&sensor));
    CHECK(rs_log_status(&sensor.log).generation == 1);
    CHECK(sensor_restart(&sensor));
    CHECK(!rs_log_status(&sensor.log).present && rs_log_status(&sensor.log).generation == 1);
    CHECK(rs_log_erase(&sensor.log, 1) == RS_LOG_DONE && sensor.log.state.generation == 2); /* of nothing */
    CHECK(sensor_put_away(&sensor));
}

static void a_full_flash_ends_the_log_and_keeps_it(void) {
    struct sensor sensor;
    CHECK(sensor_unpack(&sensor, SECTORS));
    CHECK(sensor_start(&sensor) == RS_LOG_DONE);
    CHECK(sensor_append_all(&sensor, 8 * CAPACITY));
    CHECK(sensor_append(&sensor) == RS_LOG_FULL);
    CHECK(sensor_append(&sensor) == RS_LOG_NONE);
    CHECK(!rs_log_status(&sensor.log).running && sensor_holds(&sensor, 8 * CAPACITY));
    CHECK(sensor_restart(&sensor));
    CHECK(!rs_log_status(&sensor.log).running && sensor_holds(&sensor, 8 * CAPACITY));
    CHECK(sensor_confirm_all(&sensor));
    CHECK(sensor_erase(&sensor));
    CHECK(sensor_start(&sensor) == RS_LOG_DONE); /* at once, with everything still to be erased */
    CHECK(sensor_append_all(&sensor, 8 * CAPACITY));
    CHECK(sensor_holds(&sensor, 8 * CAPACITY) && !rs_log_poll(&sensor.log));
    memset(sensor.flash.bytes + CAPACITY * RS_SECTOR_BYTES, 0, RS_KEPT_SECTORS * RS_SECTOR_BYTES);
    CHECK(sensor_restart(&sensor)); /* with nothing known of it */
    CHECK(sensor_holds(&sensor, 8 * CAPACITY) && !rs_log_poll(&sensor.log));
    CHECK(sensor_put_away(&sensor));
}

static void erasing_goes_on_after_a_restart_and_is_not_done_twice(void) {
    struct sensor sensor;
    CHECK(sensor_unpack(&sensor, 202));
    CHECK(sensor_start(&sensor) == RS_LOG_DONE);
    CHECK(sensor_append_all(&sensor, 8 * 200));
    CHECK(rs_log_stop(&sensor.log) == RS_LOG_DONE);
    CHECK(sensor_confirm_all(&sensor));
    CHECK(sensor_erase(&sensor));
    for (unsigned i = 0; i < 150; i++) {
        CHECK(rs_log_poll(&sensor.log));
    }
    CHECK(sensor_restart(&sensor));
    CHECK(sensor.log.state.dirty == 200 - 128);
    while (rs_log_poll(&sensor.log)) {
    }
    for (uint32_t i = 0; i < 200; i++) {
        CHECK(flash_model_programmed(&sensor.flash, i) == 0);
    }
    CHECK(sensor_restart(&sensor));
    CHECK(!rs_log_poll(&sensor.log));
    CHECK(sensor_put_away(&sensor));
}

static void a_range_goes_over_the_end_of_the_ring(void) {
    struct sensor sensor;
    static uint8_t at_once[8 * RS_SECTOR_BYTES], in_pieces[8 * RS_SECTOR_BYTES];
    uint32_t crc;
    CHECK(sensor_unpack(&sensor, SECTORS));
    for (unsigned logs = 0; logs < 2; logs++) {
        CHECK(sensor_start(&sensor) == RS_LOG_DONE);
        CHECK(sensor_append_all(&sensor, 8 * 7));
        CHECK(rs_log_stop(&sensor.log) == RS_LOG_DONE);
        if (logs == 0) {
            CHECK(sensor_confirm_all(&sensor));
            CHECK(sensor_erase(&sensor));
        }
    }
    uint32_t used = rs_log_status(&sensor.log).used;
    CHECK(sensor.log.state.first + sensor.log.state.sectors > CAPACITY);
    CHECK(rs_log_read(&sensor.log, 0, at_once, used) == RS_LOG_DONE);
    for (uint32_t at = 0; at < used; at++) {
        CHECK(rs_log_read(&sensor.log, at, in_pieces + at, 1) == RS_LOG_DONE);
    }
    CHECK(memcmp(at_once, in_pieces, used) == 0);
    CHECK(rs_log_crc(&sensor.log, 0, used, &crc) == RS_LOG_DONE && crc == rs_crc32_more(0, at_once, used));
    CHECK(sensor_holds(&sensor, 56));
    sensor.flash.sector[0].fault = FLASH_MUTE; /* behind the end */
    CHECK(rs_log_read(&sensor.log, 0, at_once, used) == RS_LOG_FAILED);
    CHECK(sensor_put_away(&sensor));
}

static void sectors_age_alike(void) {
    struct sensor sensor;
    CHECK(sensor_unpack(&sensor, 52));
    uint32_t chance = 1, least = UINT32_MAX, most = 0, frames = 0;
    for (unsigned logs = 0; logs < 400; logs++) {
        chance = chance * 1664525u + 1013904223u;
        CHECK(sensor_start(&sensor) == RS_LOG_DONE);
        CHECK(sensor_append_all(&sensor, 1 + (chance >> 24) % 90)); /* one sector to twelve of fifty */
        frames += sensor.sequence;
        CHECK(rs_log_stop(&sensor.log) == RS_LOG_DONE);
        CHECK(sensor_confirm_all(&sensor));
        CHECK(sensor_erase(&sensor));
        while (chance >> 31 == 1 && rs_log_poll(&sensor.log)) {
        }
    }
    for (uint32_t i = 0; i < 50; i++) {
        least = sensor.flash.sector[i].erases < least ? sensor.flash.sector[i].erases : least;
        most = sensor.flash.sector[i].erases > most ? sensor.flash.sector[i].erases : most;
    }
    CHECK(most - least <= 2);
    CHECK(sensor.log.state.generation == 400);
    printf("400 logs, %u frames: each of 50 sectors erased %u to %u times, the kept values' %u and %u\n",
           frames, least, most, sensor.flash.sector[50].erases, sensor.flash.sector[51].erases);
    CHECK(sensor_put_away(&sensor));
}

static void the_generation_wraps(void) {
    struct sensor sensor;
    CHECK(sensor_unpack(&sensor, SECTORS));
    struct rs_kept_values values = sensor.kept.values;
    values.log.generation = 0xffff;
    CHECK(rs_kept_put(&sensor.kept, &values));
    CHECK(sensor_restart(&sensor));
    CHECK(sensor_start(&sensor) == RS_LOG_DONE);
    CHECK(sensor_append_all(&sensor, 9));
    CHECK(rs_log_stop(&sensor.log) == RS_LOG_DONE);
    CHECK(sensor_confirm_all(&sensor));
    CHECK(sensor_erase(&sensor));
    CHECK(sensor_start(&sensor) == RS_LOG_DONE && sensor.log.state.generation == 0);
    CHECK(sensor_append_all(&sensor, 9));
    memset(sensor.flash.bytes + CAPACITY * RS_SECTOR_BYTES, 0xff, RS_KEPT_SECTORS * RS_SECTOR_BYTES);
    CHECK(sensor_restart(&sensor));
    CHECK(sensor.log.state.generation == 0 && sensor_holds(&sensor, 9)); /* 0 is newer than ffff */
    CHECK(sensor_put_away(&sensor));
}

/* The figures that were asked for: what recovery reads, what is written for what is kept. */
static void a_log_of_eight_mebibytes(void) {
    struct sensor sensor;
    CHECK(sensor_unpack(&sensor, 2048));
    CHECK(sensor_start(&sensor) == RS_LOG_DONE);
    CHECK(sensor_append_all(&sensor, 8 * 2046 - 1));
    const double written = (double)sensor.flash.bytes_written;
    flash_model_reset_counts(&sensor.flash);
    CHECK(sensor_restart(&sensor));
    const double command = 5; /* bytes before the first one comes */
    const double read = (double)sensor.flash.bytes_read + command * sensor.flash.reads;
    const double seconds = read * 8 / 40e6;
    CHECK(rs_log_status(&sensor.log).running);
    CHECK(seconds < 0.1);
    CHECK(rs_log_stop(&sensor.log) == RS_LOG_DONE);
    CHECK(sensor_holds(&sensor, 8 * 2046 - 1));
    flash_model_reset_counts(&sensor.flash);
    CHECK(sensor_confirm_all(&sensor));
    CHECK(sensor_erase(&sensor));
    while (rs_log_poll(&sensor.log)) {
    }
    const double frames = (8 * 2046 - 1) * (double)RS_FRAME_BYTES;
    const double amplification = (written + (double)sensor.flash.bytes_written) / frames;
    CHECK(amplification < 1.1);
    printf("8 MiB log: recovery reads %.0f bytes with commands, %.1f ms at 40 MHz\n", read, seconds * 1e3);
    printf("8 MiB log: written, confirmed and erased with %.4f bytes written per byte of frames, %.4f erases "
           "per sector\n",
           amplification, sensor.flash.erases / 2046.0);
    CHECK(sensor_put_away(&sensor));
}

int main(void) {
    frames_come_back_by_offset();
    what_cannot_be_is_refused_and_changes_nothing();
    confirmations_follow_each_other_and_are_remembered();
    a_full_flash_ends_the_log_and_keeps_it();
    erasing_goes_on_after_a_restart_and_is_not_done_twice();
    a_range_goes_over_the_end_of_the_ring();
    sectors_age_alike();
    the_generation_wraps();
    a_log_of_eight_mebibytes();
    return checks_failed > 0;
}

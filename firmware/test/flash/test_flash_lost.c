/* A log of which nothing is known any more, or nothing that can be right: the sectors themselves tell. */
#include <string.h>

#include "check.h"
#include "flash_frames.h"
#include "flash_sensor.h"

static void a_log_is_found_though_all_kept_values_are_lost(void) {
    struct sensor sensor;
    CHECK(sensor_unpack(&sensor, SECTORS));
    for (unsigned logs = 0; logs < 4; logs++) { /* so that it lies over the end of the ring */
        CHECK(sensor_start(&sensor) == RS_LOG_DONE);
        CHECK(sensor_append_all(&sensor, 8 * 3));
        CHECK(rs_log_stop(&sensor.log) == RS_LOG_DONE);
        if (logs < 3) {
            CHECK(sensor_confirm_all(&sensor));
            CHECK(sensor_erase(&sensor)); /* what it held is still there when the next one begins */
        }
    }
    memset(sensor.flash.bytes + CAPACITY * RS_SECTOR_BYTES, 0x5a, RS_KEPT_SECTORS * RS_SECTOR_BYTES);
    CHECK(sensor_restart(&sensor));
    const struct rs_log_status status = rs_log_status(&sensor.log);
    CHECK(status.present && !status.running && status.confirmed == 0 && status.generation == 3);
    CHECK(status.boot == 1 && status.time_us == 1000000 && status.setting.acc_range_g == 16);
    CHECK(sensor.log.state.sectors == 3 && sensor.log.state.first == 9);
    CHECK(sensor_holds(&sensor, 24) && flash_frames_find(&sensor.log).heads == 3);
    CHECK(sensor_restart(&sensor));
    CHECK(sensor_holds(&sensor, 24));
    CHECK(sensor_confirm_all(&sensor));
    CHECK(sensor_erase(&sensor));
    CHECK(sensor_start(&sensor) == RS_LOG_DONE && rs_log_status(&sensor.log).generation == 4);
    CHECK(sensor_put_away(&sensor));
}

/* Kept by a firmware with another partition, or by a wrong one: nothing of it can be right, so the sectors
 * tell. */
static void a_state_that_cannot_be_is_not_believed(void) {
    const struct rs_log_state wrong[] = {
        {.phase = RS_LOG_EMPTY, .first = CAPACITY},
        {.phase = RS_LOG_ENDED, .sectors = CAPACITY, .dirty = 1},
        {.phase = RS_LOG_ENDED, .sectors = 1, .used = 4097},
        {.phase = RS_LOG_ENDED, .sectors = 1, .used = 10, .confirmed = 11},
        {.phase = RS_LOG_RUNNING, .sectors = 0},
        {.phase = RS_LOG_RUNNING, .sectors = 1, .used = 4096, .confirmed = 4096}, /* copied while it runs */
        {.phase = RS_LOG_ENDED, .sectors = 1, .setting = 0xff},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct sensor sensor;
        CHECK(sensor_unpack(&sensor, SECTORS));
        CHECK(sensor_start(&sensor) == RS_LOG_DONE);
        CHECK(sensor_append_all(&sensor, 9));
        struct rs_kept_values values = sensor.kept.values;
        values.log = wrong[i];
        CHECK(rs_kept_put(&sensor.kept, &values));
        CHECK(sensor_restart(&sensor));
        CHECK(rs_log_status(&sensor.log).present && sensor_holds(&sensor, 9));
        CHECK(rs_log_status(&sensor.log).confirmed == 0);
        CHECK(sensor_put_away(&sensor));
    }
}

static void put_head(struct sensor *sensor, uint32_t at, uint16_t generation, uint16_t sector) {
    struct rs_head head = {.generation = generation, .sector = sector, .boot = 1, .setting = flash_six_axes};
    rs_head_encode(sensor->flash.bytes + at * RS_SECTOR_BYTES, &head);
}

/* The newest of the kept values cannot be read: they tell of the time before the log began. */
static void a_log_is_found_though_its_beginning_was_forgotten(void) {
    struct sensor sensor;
    CHECK(sensor_unpack(&sensor, SECTORS));
    sensor.flash.sector[0].fault = FLASH_REFUSES;
    CHECK(sensor_start(&sensor) == RS_LOG_DONE);
    CHECK(sensor_append_all(&sensor, 20));
    uint32_t newest = (CAPACITY + sensor.kept.sector) * RS_SECTOR_BYTES + sensor.kept.next - RS_KEPT_BYTES;
    memset(sensor.flash.bytes + newest, 0, RS_KEPT_BYTES);
    CHECK(sensor_restart(&sensor));
    CHECK(rs_log_status(&sensor.log).present && sensor_holds(&sensor, 20));
    CHECK(sensor_confirm_all(&sensor));
    CHECK(sensor_erase(&sensor));
    CHECK(sensor_put_away(&sensor));
}

/* Heads of older logs, and of partitions that were larger, are passed by when nothing is known. */
static void only_the_newest_log_is_guessed(void) {
    struct sensor sensor;
    CHECK(sensor_unpack(&sensor, SECTORS));
    CHECK(sensor_start(&sensor) == RS_LOG_DONE);
    CHECK(sensor_append_all(&sensor, 9));
    put_head(&sensor, 7, 0xffff, 7);
    put_head(&sensor, 8, 9, CAPACITY);
    CHECK(sensor_append_all(&sensor, 8));
    sensor.flash.bytes[2 * RS_SECTOR_BYTES] = 0; /* spoilt, and the log's all the same */
    memset(sensor.flash.bytes + CAPACITY * RS_SECTOR_BYTES, 0xff, RS_KEPT_SECTORS * RS_SECTOR_BYTES);
    CHECK(sensor_restart(&sensor));
    CHECK(rs_log_status(&sensor.log).generation == 0 && sensor.log.state.sectors == 3 &&
          sensor_holds(&sensor, 17));
    CHECK(sensor_put_away(&sensor));
}

static void heads_of_other_logs_are_not_of_this_one(void) {
    struct sensor sensor;
    CHECK(sensor_unpack(&sensor, SECTORS));
    put_head(&sensor, 0, 0, 1);
    CHECK(sensor_restart(&sensor));
    CHECK(!rs_log_status(&sensor.log).present && sensor.log.state.first == 1);
    put_head(&sensor, 1, 5, 0);
    CHECK(sensor_restart(&sensor));
    CHECK(!rs_log_status(&sensor.log).present && sensor.log.state.first == 2);
    CHECK(sensor_start(&sensor) == RS_LOG_DONE);
    CHECK(sensor_append_all(&sensor, 9));
    put_head(&sensor, 7, 0, 3);  /* misplaced */
    put_head(&sensor, 8, 12, 7); /* another generation */
    CHECK(sensor_restart(&sensor));
    CHECK(rs_log_status(&sensor.log).running && sensor.log.state.sectors == 2 && sensor_holds(&sensor, 9));
    CHECK(sensor_put_away(&sensor));
}

int main(void) {
    a_log_is_found_though_all_kept_values_are_lost();
    a_state_that_cannot_be_is_not_believed();
    a_log_is_found_though_its_beginning_was_forgotten();
    only_the_newest_log_is_guessed();
    heads_of_other_logs_are_not_of_this_one();
    return checks_failed > 0;
}

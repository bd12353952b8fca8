/* What a failing flash does to a log: what was acknowledged stays, the rest is said. */
#include <string.h>

#include "check.h"
#include "flash_frames.h"
#include "flash_sensor.h"

/* A frame that cannot be written is written in the next sector, or the one after it; not in a third. */
static void failing_sectors_are_left(enum flash_fault fault, uint32_t first_bad, uint32_t bad) {
    struct sensor sensor;
    CHECK(sensor_unpack(&sensor, SECTORS));
    for (uint32_t i = first_bad; i < first_bad + bad; i++) {
        sensor.flash.sector[i].fault = fault;
    }
    enum rs_log_result started = sensor_start(&sensor);
    if (first_bad == 0 && bad >= 3) {
        CHECK(started == RS_LOG_FAILED && !rs_log_status(&sensor.log).present);
        CHECK(sensor.log.state.first == 3 && sensor.log.state.dirty == 3 && sensor.log.failed >= 3);
        CHECK(sensor_restart(&sensor));
        CHECK(sensor_start(&sensor) == RS_LOG_DONE);
        CHECK(sensor_append_all(&sensor, 8));
        CHECK(sensor_holds(&sensor, 8));
    } else {
        CHECK(started == RS_LOG_DONE);
        enum rs_log_result result = RS_LOG_DONE;
        while (result == RS_LOG_DONE) {
            result = sensor_append(&sensor);
        }
        CHECK(result == (bad >= 3 ? RS_LOG_FAILED : RS_LOG_FULL));
        CHECK(!rs_log_status(&sensor.log).running && sensor.log.failed >= (bad < 3 ? bad : 3));
        CHECK(sensor_holds(&sensor, bad >= 3 ? 8 * first_bad : 8 * (CAPACITY - bad)));
        uint32_t used = sensor.log.state.used;
        CHECK(sensor_restart(&sensor));
        CHECK(sensor.log.state.used == used && sensor_holds(&sensor, sensor.sequence));
    }
    CHECK(sensor_put_away(&sensor));
}

static void failing_flash(void) {
    static const enum flash_fault faults[] = {FLASH_REFUSES, FLASH_LIES, FLASH_MUTE};
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        for (uint32_t first_bad = 0; first_bad < 5; first_bad++) {
            for (uint32_t bad = 1; bad < 5; bad++) {
                failing_sectors_are_left(faults[i], first_bad, bad);
            }
        }
    }
}

/* The sector goes bad with frames in it already: they stay, and what follows is in the next one. */
static void a_sector_that_goes_bad_keeps_what_it_has(void) {
    static const enum flash_fault faults[] = {FLASH_REFUSES, FLASH_LIES, FLASH_DENIES};
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        struct sensor sensor;
        CHECK(sensor_unpack(&sensor, SECTORS));
        CHECK(sensor_start(&sensor) == RS_LOG_DONE);
        CHECK(sensor_append_all(&sensor, 11));
        sensor.flash.sector[1].fault = faults[i];
        CHECK(sensor_append_all(&sensor, 9));
        CHECK(sensor_holds(&sensor, 20) && sensor.log.state.sectors == 4);
        CHECK(sensor_restart(&sensor)); /* while it runs */
        CHECK(sensor_holds(&sensor, 20) && rs_log_status(&sensor.log).running);
        CHECK(sensor_append_all(&sensor, 1));
        struct flash_found found = flash_frames_find(&sensor.log);
        CHECK(found.last_boot == 3 - 1 && found.frames == 21 && found.last_head_us == 20 * 205000u);
        CHECK(sensor_put_away(&sensor));
    }
}

static void a_restart_looks_past_heads_that_are_spoilt(void) {
    struct sensor sensor;
    CHECK(sensor_unpack(&sensor, SECTORS));
    CHECK(sensor_start(&sensor) == RS_LOG_DONE);
    CHECK(sensor_append_all(&sensor, 8 * 6));
    for (uint32_t sector = 0; sector < 6; sector++) { /* all but the third and the fourth */
        sensor.flash.bytes[sector * RS_SECTOR_BYTES + 10] ^= (uint8_t)(sector / 2 == 1 ? 0 : 0x40);
    }
    for (uint32_t sector = 0; sector < 6; sector++) {
        sensor.flash.sector[sector].guarded = true;
    }
    CHECK(sensor_restart(&sensor));
    CHECK(rs_log_status(&sensor.log).running && sensor_holds(&sensor, 48));
    CHECK(sensor_append_all(&sensor, 8));
    CHECK(sensor_holds(&sensor, 56) && sensor.log.state.sectors == 7);
    CHECK(sensor_put_away(&sensor));
}

static void flash_that_cannot_be_read_is_said_so(void) {
    struct sensor sensor;
    uint8_t byte;
    uint32_t crc;
    CHECK(sensor_unpack(&sensor, SECTORS));
    CHECK(sensor_start(&sensor) == RS_LOG_DONE);
    CHECK(sensor_append_all(&sensor, 12));
    CHECK(rs_log_stop(&sensor.log) == RS_LOG_DONE);
    sensor.flash.sector[1].fault = FLASH_MUTE;
    CHECK(rs_log_read(&sensor.log, 4096, &byte, 1) == RS_LOG_FAILED);
    CHECK(rs_log_read(&sensor.log, 4095, &byte, 1) == RS_LOG_DONE);
    CHECK(rs_log_crc(&sensor.log, 0, 5000, &crc) == RS_LOG_FAILED);
    CHECK(rs_log_confirm(&sensor.log, 0, 5000, 1) == RS_LOG_FAILED);
    CHECK(rs_log_status(&sensor.log).confirmed == 0);
    CHECK(sensor_put_away(&sensor));
}

static void set_kept_fault(struct sensor *sensor, enum flash_fault fault) {
    sensor->flash.sector[SECTORS - 1].fault = fault;
    sensor->flash.sector[SECTORS - 2].fault = fault;
}

static void what_cannot_be_kept_is_not_done(void) {
    struct sensor sensor;
    uint32_t crc;
    CHECK(sensor_unpack(&sensor, SECTORS));
    set_kept_fault(&sensor, FLASH_LIES);
    CHECK(sensor_start(&sensor) == RS_LOG_FAILED && !rs_log_status(&sensor.log).present);
    set_kept_fault(&sensor, FLASH_SOUND);
    CHECK(sensor_restart(&sensor));
    CHECK(!rs_log_status(&sensor.log).present &&
          sensor.log.state.first == 1); /* behind what the start left */
    CHECK(sensor_start(&sensor) == RS_LOG_DONE);
    CHECK(sensor_append_all(&sensor, 3));
    set_kept_fault(&sensor, FLASH_LIES);
    CHECK(rs_log_stop(&sensor.log) == RS_LOG_FAILED && !rs_log_status(&sensor.log).running);
    CHECK(rs_log_crc(&sensor.log, 0, 500, &crc) == RS_LOG_DONE);
    CHECK(rs_log_confirm(&sensor.log, 0, 500, crc) == RS_LOG_FAILED && sensor.log.state.confirmed == 0);
    set_kept_fault(&sensor, FLASH_SOUND);
    CHECK(rs_log_stop(&sensor.log) == RS_LOG_DONE);
    CHECK(sensor_confirm_all(&sensor));
    set_kept_fault(&sensor, FLASH_LIES);
    CHECK(rs_log_erase(&sensor.log, 0) == RS_LOG_FAILED && rs_log_status(&sensor.log).present);
    set_kept_fault(&sensor, FLASH_SOUND);
    CHECK(sensor_restart(&sensor));
    CHECK(sensor_holds(&sensor, 3));
    CHECK(sensor_erase(&sensor));
    CHECK(sensor_put_away(&sensor));
}

/* A sector of the log must be known not to be erased again; if that cannot be kept, it is not taken. */
static void no_sector_is_taken_that_might_be_erased_again(void) {
    struct sensor sensor;
    CHECK(sensor_unpack(&sensor, SECTORS));
    CHECK(sensor_start(&sensor) == RS_LOG_DONE);
    CHECK(sensor_append_all(&sensor, 8 * CAPACITY));
    CHECK(rs_log_stop(&sensor.log) == RS_LOG_DONE);
    CHECK(sensor_confirm_all(&sensor));
    CHECK(sensor_erase(&sensor));
    CHECK(sensor_start(&sensor) == RS_LOG_DONE);
    CHECK(sensor_append_all(&sensor, 8));
    set_kept_fault(&sensor, FLASH_LIES);
    CHECK(sensor_append(&sensor) == RS_LOG_FAILED && !rs_log_status(&sensor.log).running);
    set_kept_fault(&sensor, FLASH_SOUND);
    CHECK(sensor_holds(&sensor, 8));
    CHECK(sensor_restart(&sensor));
    CHECK(sensor_holds(&sensor, 8));
    CHECK(sensor_put_away(&sensor));
}

/* Erasing fails, aloud or not: the sector is found out before it is used. */
static void a_sector_that_is_not_erased_is_passed_over(void) {
    static const enum flash_fault faults[] = {FLASH_REFUSES, FLASH_LIES};
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        struct sensor sensor;
        CHECK(sensor_unpack(&sensor, SECTORS));
        CHECK(sensor_start(&sensor) == RS_LOG_DONE);
        CHECK(sensor_append_all(&sensor, 8 * CAPACITY));
        CHECK(rs_log_stop(&sensor.log) == RS_LOG_DONE);
        CHECK(sensor_confirm_all(&sensor));
        CHECK(sensor_erase(&sensor));
        sensor.flash.sector[4].fault = faults[i];
        while (rs_log_poll(&sensor.log)) {
        }
        CHECK(sensor_start(&sensor) == RS_LOG_DONE);
        CHECK(sensor_append_all(&sensor, 8 * (CAPACITY - 1)));
        CHECK(sensor_append(&sensor) == RS_LOG_FULL && sensor_holds(&sensor, 8 * (CAPACITY - 1)));
        CHECK(sensor_put_away(&sensor));
    }
}

/* A life with an operation of the flash that fails. Returns frames that were acknowledged and not erased. */
static uint32_t live(struct sensor *sensor) {
    uint32_t crc;
    (void)rs_kept_begin(&sensor->kept, &sensor->flash.hal);
    CHECK(rs_log_begin(&sensor->log, &sensor->flash.hal, &sensor->kept));
    while (rs_log_poll(&sensor->log)) {
    }
    if (!rs_log_status(&sensor->log).running && sensor_start(sensor) != RS_LOG_DONE) {
        return 0;
    }
    for (unsigned i = 0; i < 18; i++) {
        CHECK(sensor_append(sensor) == RS_LOG_DONE);
    }
    (void)rs_kept_begin(&sensor->kept, &sensor->flash.hal);
    CHECK(rs_log_begin(&sensor->log, &sensor->flash.hal, &sensor->kept));
    if (rs_log_status(&sensor->log).running) {
        CHECK(sensor_append(sensor) == RS_LOG_DONE);
    }
    (void)rs_log_stop(&sensor->log);
    uint32_t used = rs_log_status(&sensor->log).used;
    if (rs_log_crc(&sensor->log, 0, used, &crc) == RS_LOG_DONE &&
        rs_log_confirm(&sensor->log, 0, used, crc) == RS_LOG_DONE &&
        rs_log_erase(&sensor->log, sensor->log.state.generation) == RS_LOG_DONE) {
        sensor->sequence = 0;
        while (rs_log_poll(&sensor->log)) {
        }
        if (sensor_start(sensor) == RS_LOG_DONE) {
            CHECK(sensor_append_all(sensor, 9));
        }
    }
    return sensor->sequence;
}

static void no_single_failure_costs_an_acknowledged_frame(void) {
    uint32_t failures = 0;
    for (bool failed = true; failed;) {
        struct sensor sensor;
        memset(&sensor, 0, sizeof sensor);
        flash_model_make(&sensor.flash, SECTORS);
        sensor.flash.fails_after = ++failures;
        uint32_t acknowledged = live(&sensor);
        failed = sensor.flash.fails_after == 0;
        sensor.flash.fails_after = 0;
        CHECK(sensor_restart(&sensor));
        struct flash_found found = flash_frames_find(&sensor.log);
        CHECK(found.changed == 0 && found.misplaced == 0);
        CHECK(acknowledged == 0 || (found.first == 0 && found.last == acknowledged - 1));
        /* A frame whose write was doubted may be there twice. */
        CHECK(found.frames == acknowledged || (found.frames == acknowledged + 1 && found.disordered == 1));
        CHECK(sensor_put_away(&sensor));
    }
    CHECK(failures > 1000);
    printf("each of %u operations of the flash failed in turn\n", failures - 1);
}

int main(void) {
    failing_flash();
    a_sector_that_goes_bad_keeps_what_it_has();
    a_restart_looks_past_heads_that_are_spoilt();
    flash_that_cannot_be_read_is_said_so();
    what_cannot_be_kept_is_not_done();
    no_sector_is_taken_that_might_be_erased_again();
    a_sector_that_is_not_erased_is_passed_over();
    no_single_failure_costs_an_acknowledged_frame();
    return checks_failed > 0;
}

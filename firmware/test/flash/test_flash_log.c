/* The log as its users know it: what is in it, what is refused, what a failing flash does to it. */
#include <string.h>

#include "check.h"
#include "crc.h"
#include "flash_frames.h"
#include "flash_model.h"

#define SECTORS 12u
#define CAPACITY (SECTORS - RS_KEPT_SECTORS)

struct sensor {
    struct flash_model flash;
    struct rs_kept kept;
    struct rs_log log;
    uint16_t sequence; /* of the next frame */
};

static void restart(struct sensor *sensor) {
    CHECK(rs_kept_begin(&sensor->kept, &sensor->flash.hal));
    CHECK(rs_log_begin(&sensor->log, &sensor->flash.hal, &sensor->kept));
}

/* A new sensor whose flash was looked through once. */
static void unpack(struct sensor *sensor, uint32_t sectors) {
    memset(sensor, 0, sizeof *sensor);
    flash_model_make(&sensor->flash, sectors);
    restart(sensor);
    while (rs_log_poll(&sensor->log)) {
    }
    flash_model_reset_counts(&sensor->flash);
}

static void put_away(struct sensor *sensor) {
    CHECK(sensor->flash.overwritten == 0);
    CHECK(sensor->flash.guarded_erased == 0);
    flash_model_free(&sensor->flash);
}

static enum rs_log_result start(struct sensor *sensor) {
    sensor->sequence = 0;
    return rs_log_start(&sensor->log, flash_six_axes, sensor->kept.values.boot, 1000000);
}

static enum rs_log_result append(struct sensor *sensor) {
    uint8_t frame[RS_FRAME_BYTES];
    size_t count = flash_frame_make(frame, sensor->sequence, flash_six_axes, FLASH_FULL_FRAME);
    enum rs_log_result result = rs_log_append(&sensor->log, frame, count, sensor->sequence * 205000u);
    sensor->sequence = (uint16_t)(sensor->sequence + (result == RS_LOG_DONE));
    return result;
}

static void append_all(struct sensor *sensor, unsigned frames) {
    for (unsigned i = 0; i < frames; i++) {
        CHECK(append(sensor) == RS_LOG_DONE);
    }
}

static void confirm_all(struct sensor *sensor) {
    const struct rs_log_state *state = &sensor->log.state;
    while (state->confirmed < state->used) {
        uint32_t at = state->confirmed, rest = state->used - at, crc = 0;
        uint32_t count = rest < RS_LOG_RANGE_BYTES ? rest : RS_LOG_RANGE_BYTES;
        if (rs_log_crc(&sensor->log, at, count, &crc) != RS_LOG_DONE ||
            rs_log_confirm(&sensor->log, at, count, crc) != RS_LOG_DONE) {
            CHECK(!"confirmed");
            return;
        }
    }
}

static void erase(struct sensor *sensor) {
    CHECK(rs_log_erase(&sensor->log, sensor->log.state.generation) == RS_LOG_DONE);
}

static bool holds(const struct sensor *sensor, uint32_t frames) {
    struct flash_found found = flash_frames_find(&sensor->log);
    return found.frames == frames && found.changed == 0 && found.disordered == 0 && found.misplaced == 0;
}

static uint32_t physical(const struct sensor *sensor, uint32_t sector) {
    return (sensor->log.state.first + sector) % CAPACITY;
}

static void frames_come_back_by_offset(void) {
    struct sensor sensor;
    unpack(&sensor, SECTORS);
    CHECK(!rs_log_status(&sensor.log).present);
    CHECK(start(&sensor) == RS_LOG_DONE);
    CHECK(rs_log_status(&sensor.log).used == RS_HEAD_BYTES);
    append_all(&sensor, 20);
    CHECK(rs_log_stop(&sensor.log) == RS_LOG_DONE);
    const struct rs_log_status status = rs_log_status(&sensor.log);
    CHECK(status.present && !status.running && status.generation == 0 && status.boot == 1);
    CHECK(status.used == 2 * RS_SECTOR_BYTES + RS_HEAD_BYTES + 4 * RS_FRAME_BYTES);
    CHECK(status.capacity == CAPACITY * RS_SECTOR_BYTES && status.time_us == 1000000);
    CHECK(memcmp(&status.setting, &flash_six_axes, sizeof status.setting) == 0);
    struct flash_found found = flash_frames_find(&sensor.log);
    CHECK(holds(&sensor, 20) && found.heads == 3 && found.skipped == 0);
    CHECK(found.last_head_us == 16 * 205000u); /* of the first frame in the sector */
    put_away(&sensor);
}

static void what_cannot_be_is_refused_and_changes_nothing(void) {
    struct sensor sensor;
    uint8_t frame[RS_SECTOR_BYTES] = {0};
    uint32_t crc;
    unpack(&sensor, SECTORS);
    CHECK(append(&sensor) == RS_LOG_NONE);
    CHECK(rs_log_stop(&sensor.log) == RS_LOG_DONE);
    CHECK(rs_log_read(&sensor.log, 0, frame, 1) == RS_LOG_NONE);
    CHECK(rs_log_crc(&sensor.log, 0, 1, &crc) == RS_LOG_NONE);
    CHECK(rs_log_confirm(&sensor.log, 0, 1, 0) == RS_LOG_NONE);
    CHECK(start(&sensor) == RS_LOG_DONE);
    CHECK(start(&sensor) == RS_LOG_PRESENT);
    CHECK(rs_log_append(&sensor.log, frame, RS_FRAME_OVERHEAD_BYTES - 1, 0) == RS_LOG_OUTSIDE);
    CHECK(rs_log_append(&sensor.log, frame, RS_SECTOR_BYTES - RS_HEAD_BYTES + 1, 0) == RS_LOG_OUTSIDE);
    append_all(&sensor, 17);
    CHECK(rs_log_confirm(&sensor.log, 0, 1, 0) == RS_LOG_BUSY);
    CHECK(rs_log_erase(&sensor.log, 0) == RS_LOG_BUSY);
    CHECK(rs_log_stop(&sensor.log) == RS_LOG_DONE);
    CHECK(start(&sensor) == RS_LOG_PRESENT);
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
    put_away(&sensor);
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
    unpack(&sensor, SECTORS);
    CHECK(start(&sensor) == RS_LOG_DONE);
    append_all(&sensor, 17);
    CHECK(rs_log_stop(&sensor.log) == RS_LOG_DONE);
    CHECK(rs_log_crc(&sensor.log, 0, 5000, &crc) == RS_LOG_DONE);
    CHECK(rs_log_confirm(&sensor.log, 0, 5000, crc) == RS_LOG_DONE);
    restart(&sensor);
    CHECK(rs_log_status(&sensor.log).confirmed == 5000);
    uint32_t writes = sensor.flash.writes;
    CHECK(rs_log_confirm(&sensor.log, 0, 5000, crc) == RS_LOG_DONE); /* told twice */
    CHECK(sensor.flash.writes == writes);
    confirm_all(&sensor);
    restart(&sensor);
    erase(&sensor);
    CHECK(rs_log_status(&sensor.log).generation == 1);
    restart(&sensor);
    CHECK(!rs_log_status(&sensor.log).present && rs_log_status(&sensor.log).generation == 1);
    CHECK(rs_log_erase(&sensor.log, 1) == RS_LOG_DONE && sensor.log.state.generation == 2); /* of nothing */
    put_away(&sensor);
}

static void a_full_flash_ends_the_log_and_keeps_it(void) {
    struct sensor sensor;
    unpack(&sensor, SECTORS);
    CHECK(start(&sensor) == RS_LOG_DONE);
    append_all(&sensor, 8 * CAPACITY);
    CHECK(append(&sensor) == RS_LOG_FULL);
    CHECK(append(&sensor) == RS_LOG_NONE);
    CHECK(!rs_log_status(&sensor.log).running && holds(&sensor, 8 * CAPACITY));
    restart(&sensor);
    CHECK(!rs_log_status(&sensor.log).running && holds(&sensor, 8 * CAPACITY));
    confirm_all(&sensor);
    erase(&sensor);
    CHECK(start(&sensor) == RS_LOG_DONE); /* at once, with everything still to be erased */
    append_all(&sensor, 8 * CAPACITY);
    CHECK(holds(&sensor, 8 * CAPACITY) && !rs_log_poll(&sensor.log));
    memset(sensor.flash.bytes + CAPACITY * RS_SECTOR_BYTES, 0, RS_KEPT_SECTORS * RS_SECTOR_BYTES);
    restart(&sensor); /* with nothing known of it */
    CHECK(holds(&sensor, 8 * CAPACITY) && !rs_log_poll(&sensor.log));
    put_away(&sensor);
}

static void erasing_goes_on_after_a_restart_and_is_not_done_twice(void) {
    struct sensor sensor;
    unpack(&sensor, 202);
    CHECK(start(&sensor) == RS_LOG_DONE);
    append_all(&sensor, 8 * 200);
    CHECK(rs_log_stop(&sensor.log) == RS_LOG_DONE);
    confirm_all(&sensor);
    erase(&sensor);
    for (unsigned i = 0; i < 150; i++) {
        CHECK(rs_log_poll(&sensor.log));
    }
    restart(&sensor);
    CHECK(sensor.log.state.dirty == 200 - 128);
    while (rs_log_poll(&sensor.log)) {
    }
    for (uint32_t i = 0; i < 200; i++) {
        CHECK(flash_model_programmed(&sensor.flash, i) == 0);
    }
    restart(&sensor);
    CHECK(!rs_log_poll(&sensor.log));
    put_away(&sensor);
}

/* A frame that cannot be written is written in the next sector; `lost` sectors in a row may fail. */
static void failing_sectors_are_left(enum flash_fault fault, uint32_t first_bad, uint32_t bad) {
    struct sensor sensor;
    unpack(&sensor, SECTORS);
    for (uint32_t i = first_bad; i < first_bad + bad; i++) {
        sensor.flash.sector[i].fault = fault;
    }
    enum rs_log_result started = start(&sensor);
    if (first_bad == 0 && bad >= 3) {
        CHECK(started == RS_LOG_FAILED && !rs_log_status(&sensor.log).present);
        CHECK(sensor.log.state.first == 3 && sensor.log.state.dirty == 3 && sensor.log.failed >= 3);
        restart(&sensor);
        CHECK(start(&sensor) == RS_LOG_DONE);
        append_all(&sensor, 8);
        CHECK(holds(&sensor, 8));
    } else {
        CHECK(started == RS_LOG_DONE);
        enum rs_log_result result = RS_LOG_DONE;
        while (result == RS_LOG_DONE) {
            result = append(&sensor);
        }
        CHECK(result == (bad >= 3 ? RS_LOG_FAILED : RS_LOG_FULL));
        CHECK(!rs_log_status(&sensor.log).running && sensor.log.failed >= (bad < 3 ? bad : 3));
        CHECK(holds(&sensor, bad >= 3 ? 8 * first_bad : 8 * (CAPACITY - bad)));
        uint32_t used = sensor.log.state.used;
        restart(&sensor);
        CHECK(sensor.log.state.used == used && holds(&sensor, sensor.sequence));
    }
    put_away(&sensor);
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
        unpack(&sensor, SECTORS);
        CHECK(start(&sensor) == RS_LOG_DONE);
        append_all(&sensor, 11);
        sensor.flash.sector[1].fault = faults[i];
        append_all(&sensor, 9);
        CHECK(holds(&sensor, 20) && sensor.log.state.sectors == 4);
        restart(&sensor); /* while it runs */
        CHECK(holds(&sensor, 20) && rs_log_status(&sensor.log).running);
        append_all(&sensor, 1);
        struct flash_found found = flash_frames_find(&sensor.log);
        CHECK(found.last_boot == 3 - 1 && found.frames == 21 && found.last_head_us == 20 * 205000u);
        put_away(&sensor);
    }
}

static void a_restart_looks_past_heads_that_are_spoilt(void) {
    struct sensor sensor;
    unpack(&sensor, SECTORS);
    CHECK(start(&sensor) == RS_LOG_DONE);
    append_all(&sensor, 8 * 6);
    for (uint32_t sector = 0; sector < 6; sector++) { /* all but the third and the fourth */
        sensor.flash.bytes[physical(&sensor, sector) * RS_SECTOR_BYTES + 10] ^=
            (uint8_t)(sector / 2 == 1 ? 0 : 0x40);
    }
    for (uint32_t sector = 0; sector < 6; sector++) {
        sensor.flash.sector[physical(&sensor, sector)].guarded = true;
    }
    restart(&sensor);
    CHECK(rs_log_status(&sensor.log).running && holds(&sensor, 48));
    append_all(&sensor, 8);
    CHECK(holds(&sensor, 56) && sensor.log.state.sectors == 7);
    put_away(&sensor);
}

static void flash_that_cannot_be_read_is_said_so(void) {
    struct sensor sensor;
    uint8_t byte;
    uint32_t crc;
    unpack(&sensor, SECTORS);
    CHECK(start(&sensor) == RS_LOG_DONE);
    append_all(&sensor, 12);
    CHECK(rs_log_stop(&sensor.log) == RS_LOG_DONE);
    sensor.flash.sector[1].fault = FLASH_MUTE;
    CHECK(rs_log_read(&sensor.log, 4096, &byte, 1) == RS_LOG_FAILED);
    CHECK(rs_log_read(&sensor.log, 4095, &byte, 1) == RS_LOG_DONE);
    CHECK(rs_log_crc(&sensor.log, 0, 5000, &crc) == RS_LOG_FAILED);
    CHECK(rs_log_confirm(&sensor.log, 0, 5000, 1) == RS_LOG_FAILED);
    CHECK(rs_log_status(&sensor.log).confirmed == 0);
    put_away(&sensor);
}

static void set_kept_fault(struct sensor *sensor, enum flash_fault fault) {
    sensor->flash.sector[SECTORS - 1].fault = fault;
    sensor->flash.sector[SECTORS - 2].fault = fault;
}

static void what_cannot_be_kept_is_not_done(void) {
    struct sensor sensor;
    uint32_t crc;
    unpack(&sensor, SECTORS);
    set_kept_fault(&sensor, FLASH_LIES);
    CHECK(start(&sensor) == RS_LOG_FAILED && !rs_log_status(&sensor.log).present);
    set_kept_fault(&sensor, FLASH_SOUND);
    restart(&sensor);
    CHECK(!rs_log_status(&sensor.log).present &&
          sensor.log.state.first == 1); /* behind what the start left */
    CHECK(start(&sensor) == RS_LOG_DONE);
    append_all(&sensor, 3);
    set_kept_fault(&sensor, FLASH_LIES);
    CHECK(rs_log_stop(&sensor.log) == RS_LOG_FAILED && !rs_log_status(&sensor.log).running);
    CHECK(rs_log_crc(&sensor.log, 0, 500, &crc) == RS_LOG_DONE);
    CHECK(rs_log_confirm(&sensor.log, 0, 500, crc) == RS_LOG_FAILED && sensor.log.state.confirmed == 0);
    set_kept_fault(&sensor, FLASH_SOUND);
    CHECK(rs_log_stop(&sensor.log) == RS_LOG_DONE);
    confirm_all(&sensor);
    set_kept_fault(&sensor, FLASH_LIES);
    CHECK(rs_log_erase(&sensor.log, 0) == RS_LOG_FAILED && rs_log_status(&sensor.log).present);
    set_kept_fault(&sensor, FLASH_SOUND);
    restart(&sensor);
    CHECK(holds(&sensor, 3));
    erase(&sensor);
    put_away(&sensor);
}

/* A sector of the log must be known not to be erased again; if that cannot be kept, it is not taken. */
static void no_sector_is_taken_that_might_be_erased_again(void) {
    struct sensor sensor;
    unpack(&sensor, SECTORS);
    CHECK(start(&sensor) == RS_LOG_DONE);
    append_all(&sensor, 8 * CAPACITY);
    CHECK(rs_log_stop(&sensor.log) == RS_LOG_DONE);
    confirm_all(&sensor);
    erase(&sensor);
    CHECK(start(&sensor) == RS_LOG_DONE);
    append_all(&sensor, 8);
    set_kept_fault(&sensor, FLASH_LIES);
    CHECK(append(&sensor) == RS_LOG_FAILED && !rs_log_status(&sensor.log).running);
    set_kept_fault(&sensor, FLASH_SOUND);
    CHECK(holds(&sensor, 8));
    restart(&sensor);
    CHECK(holds(&sensor, 8));
    put_away(&sensor);
}

/* Erasing fails, aloud or not: the sector is found out before it is used. */
static void a_sector_that_is_not_erased_is_passed_over(void) {
    static const enum flash_fault faults[] = {FLASH_REFUSES, FLASH_LIES};
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        struct sensor sensor;
        unpack(&sensor, SECTORS);
        CHECK(start(&sensor) == RS_LOG_DONE);
        append_all(&sensor, 8 * CAPACITY);
        CHECK(rs_log_stop(&sensor.log) == RS_LOG_DONE);
        confirm_all(&sensor);
        erase(&sensor);
        sensor.flash.sector[4].fault = faults[i];
        while (rs_log_poll(&sensor.log)) {
        }
        CHECK(start(&sensor) == RS_LOG_DONE);
        append_all(&sensor, 8 * (CAPACITY - 1));
        CHECK(append(&sensor) == RS_LOG_FULL && holds(&sensor, 8 * (CAPACITY - 1)));
        put_away(&sensor);
    }
}

static void a_log_is_found_though_all_kept_values_are_lost(void) {
    struct sensor sensor;
    unpack(&sensor, SECTORS);
    for (unsigned logs = 0; logs < 4; logs++) { /* so that it lies over the end of the ring */
        CHECK(start(&sensor) == RS_LOG_DONE);
        append_all(&sensor, 8 * 3);
        CHECK(rs_log_stop(&sensor.log) == RS_LOG_DONE);
        if (logs < 3) {
            confirm_all(&sensor);
            erase(&sensor); /* what it held is still there when the next one begins */
        }
    }
    memset(sensor.flash.bytes + CAPACITY * RS_SECTOR_BYTES, 0x5a, RS_KEPT_SECTORS * RS_SECTOR_BYTES);
    restart(&sensor);
    const struct rs_log_status status = rs_log_status(&sensor.log);
    CHECK(status.present && !status.running && status.confirmed == 0 && status.generation == 3);
    CHECK(status.boot == 1 && status.time_us == 1000000 && status.setting.acc_range_g == 16);
    CHECK(sensor.log.state.sectors == 3 && sensor.log.state.first == 9);
    CHECK(holds(&sensor, 24) && flash_frames_find(&sensor.log).heads == 3);
    restart(&sensor);
    CHECK(holds(&sensor, 24));
    confirm_all(&sensor);
    erase(&sensor);
    CHECK(start(&sensor) == RS_LOG_DONE && rs_log_status(&sensor.log).generation == 4);
    put_away(&sensor);
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
        {.phase = RS_LOG_ENDED, .sectors = 1, .setting = 0xff},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct sensor sensor;
        unpack(&sensor, SECTORS);
        CHECK(start(&sensor) == RS_LOG_DONE);
        append_all(&sensor, 9);
        struct rs_kept_values values = sensor.kept.values;
        values.log = wrong[i];
        CHECK(rs_kept_put(&sensor.kept, &values));
        restart(&sensor);
        CHECK(rs_log_status(&sensor.log).present && holds(&sensor, 9));
        put_away(&sensor);
    }
}

static void put_head(struct sensor *sensor, uint32_t at, uint16_t generation, uint16_t sector) {
    struct rs_head head = {.generation = generation, .sector = sector, .boot = 1, .setting = flash_six_axes};
    rs_head_encode(sensor->flash.bytes + at * RS_SECTOR_BYTES, &head);
}

/* The newest of the kept values cannot be read: they tell of the time before the log began. */
static void a_log_is_found_though_its_beginning_was_forgotten(void) {
    struct sensor sensor;
    unpack(&sensor, SECTORS);
    sensor.flash.sector[0].fault = FLASH_REFUSES;
    CHECK(start(&sensor) == RS_LOG_DONE);
    append_all(&sensor, 20);
    uint32_t newest = (CAPACITY + sensor.kept.sector) * RS_SECTOR_BYTES + sensor.kept.next - RS_KEPT_BYTES;
    memset(sensor.flash.bytes + newest, 0, RS_KEPT_BYTES);
    restart(&sensor);
    CHECK(rs_log_status(&sensor.log).present && holds(&sensor, 20));
    confirm_all(&sensor);
    erase(&sensor);
    put_away(&sensor);
}

/* Heads of older logs, and of partitions that were larger, are passed by when nothing is known. */
static void only_the_newest_log_is_guessed(void) {
    struct sensor sensor;
    unpack(&sensor, SECTORS);
    CHECK(start(&sensor) == RS_LOG_DONE);
    append_all(&sensor, 9);
    put_head(&sensor, 7, 0xffff, 7);
    put_head(&sensor, 8, 9, CAPACITY);
    append_all(&sensor, 8);
    sensor.flash.bytes[2 * RS_SECTOR_BYTES] = 0; /* spoilt, and the log's all the same */
    memset(sensor.flash.bytes + CAPACITY * RS_SECTOR_BYTES, 0xff, RS_KEPT_SECTORS * RS_SECTOR_BYTES);
    restart(&sensor);
    CHECK(rs_log_status(&sensor.log).generation == 0 && sensor.log.state.sectors == 3 && holds(&sensor, 17));
    put_away(&sensor);
}

static void heads_of_other_logs_are_not_of_this_one(void) {
    struct sensor sensor;
    unpack(&sensor, SECTORS);
    put_head(&sensor, 0, 0, 1);
    restart(&sensor);
    CHECK(!rs_log_status(&sensor.log).present && sensor.log.state.first == 1);
    put_head(&sensor, 1, 5, 0);
    restart(&sensor);
    CHECK(!rs_log_status(&sensor.log).present && sensor.log.state.first == 2);
    CHECK(start(&sensor) == RS_LOG_DONE);
    append_all(&sensor, 9);
    put_head(&sensor, 7, 0, 3);  /* misplaced */
    put_head(&sensor, 8, 12, 7); /* another generation */
    restart(&sensor);
    CHECK(rs_log_status(&sensor.log).running && sensor.log.state.sectors == 2 && holds(&sensor, 9));
    put_away(&sensor);
}

static void a_range_goes_over_the_end_of_the_ring(void) {
    struct sensor sensor;
    static uint8_t at_once[8 * RS_SECTOR_BYTES], in_pieces[8 * RS_SECTOR_BYTES];
    uint32_t crc;
    unpack(&sensor, SECTORS);
    for (unsigned logs = 0; logs < 2; logs++) {
        CHECK(start(&sensor) == RS_LOG_DONE);
        append_all(&sensor, 8 * 7);
        CHECK(rs_log_stop(&sensor.log) == RS_LOG_DONE);
        if (logs == 0) {
            confirm_all(&sensor);
            erase(&sensor);
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
    CHECK(holds(&sensor, 56));
    sensor.flash.sector[0].fault = FLASH_MUTE; /* behind the end */
    CHECK(rs_log_read(&sensor.log, 0, at_once, used) == RS_LOG_FAILED);
    put_away(&sensor);
}

/* A life with an operation of the flash that fails. Returns frames that were acknowledged and not erased. */
static uint32_t live(struct sensor *sensor) {
    uint32_t crc;
    (void)rs_kept_begin(&sensor->kept, &sensor->flash.hal);
    CHECK(rs_log_begin(&sensor->log, &sensor->flash.hal, &sensor->kept));
    while (rs_log_poll(&sensor->log)) {
    }
    if (!rs_log_status(&sensor->log).running && start(sensor) != RS_LOG_DONE) {
        return 0;
    }
    for (unsigned i = 0; i < 18; i++) {
        CHECK(append(sensor) == RS_LOG_DONE);
    }
    (void)rs_kept_begin(&sensor->kept, &sensor->flash.hal);
    CHECK(rs_log_begin(&sensor->log, &sensor->flash.hal, &sensor->kept));
    if (rs_log_status(&sensor->log).running) {
        CHECK(append(sensor) == RS_LOG_DONE);
    }
    (void)rs_log_stop(&sensor->log);
    uint32_t used = rs_log_status(&sensor->log).used;
    if (rs_log_crc(&sensor->log, 0, used, &crc) == RS_LOG_DONE &&
        rs_log_confirm(&sensor->log, 0, used, crc) == RS_LOG_DONE &&
        rs_log_erase(&sensor->log, sensor->log.state.generation) == RS_LOG_DONE) {
        sensor->sequence = 0;
        while (rs_log_poll(&sensor->log)) {
        }
        if (start(sensor) == RS_LOG_DONE) {
            append_all(sensor, 9);
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
        restart(&sensor);
        struct flash_found found = flash_frames_find(&sensor.log);
        CHECK(found.changed == 0 && found.misplaced == 0);
        CHECK(acknowledged == 0 || (found.first == 0 && found.last == acknowledged - 1));
        /* A frame whose write was doubted may be there twice. */
        CHECK(found.frames == acknowledged || (found.frames == acknowledged + 1 && found.disordered == 1));
        put_away(&sensor);
    }
    CHECK(failures > 1000);
    printf("each of %u operations of the flash failed in turn\n", failures - 1);
}

static void sectors_age_alike(void) {
    struct sensor sensor;
    unpack(&sensor, 52);
    uint32_t chance = 1, least = UINT32_MAX, most = 0, frames = 0;
    for (unsigned logs = 0; logs < 400; logs++) {
        chance = chance * 1664525u + 1013904223u;
        CHECK(start(&sensor) == RS_LOG_DONE);
        append_all(&sensor, 1 + (chance >> 24) % 90); /* one sector to twelve of fifty */
        frames += sensor.sequence;
        CHECK(rs_log_stop(&sensor.log) == RS_LOG_DONE);
        confirm_all(&sensor);
        erase(&sensor);
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
    put_away(&sensor);
}

static void the_generation_wraps(void) {
    struct sensor sensor;
    unpack(&sensor, SECTORS);
    struct rs_kept_values values = sensor.kept.values;
    values.log.generation = 0xffff;
    CHECK(rs_kept_put(&sensor.kept, &values));
    restart(&sensor);
    CHECK(start(&sensor) == RS_LOG_DONE);
    append_all(&sensor, 9);
    CHECK(rs_log_stop(&sensor.log) == RS_LOG_DONE);
    confirm_all(&sensor);
    erase(&sensor);
    CHECK(start(&sensor) == RS_LOG_DONE && sensor.log.state.generation == 0);
    append_all(&sensor, 9);
    memset(sensor.flash.bytes + CAPACITY * RS_SECTOR_BYTES, 0xff, RS_KEPT_SECTORS * RS_SECTOR_BYTES);
    restart(&sensor);
    CHECK(sensor.log.state.generation == 0 && holds(&sensor, 9)); /* 0 is newer than ffff */
    put_away(&sensor);
}

/* The figures that were asked for: what recovery reads, what is written for what is kept. */
static void a_log_of_eight_mebibytes(void) {
    struct sensor sensor;
    unpack(&sensor, 2048);
    CHECK(start(&sensor) == RS_LOG_DONE);
    append_all(&sensor, 8 * 2046 - 1);
    const double written = (double)sensor.flash.bytes_written;
    flash_model_reset_counts(&sensor.flash);
    restart(&sensor);
    const double command = 5; /* bytes before the first one comes */
    const double read = (double)sensor.flash.bytes_read + command * sensor.flash.reads;
    const double seconds = read * 8 / 40e6;
    CHECK(rs_log_status(&sensor.log).running);
    CHECK(seconds < 0.1);
    CHECK(rs_log_stop(&sensor.log) == RS_LOG_DONE);
    CHECK(holds(&sensor, 8 * 2046 - 1));
    flash_model_reset_counts(&sensor.flash);
    confirm_all(&sensor);
    erase(&sensor);
    while (rs_log_poll(&sensor.log)) {
    }
    const double frames = (8 * 2046 - 1) * (double)RS_FRAME_BYTES;
    const double amplification = (written + (double)sensor.flash.bytes_written) / frames;
    CHECK(amplification < 1.1);
    printf("8 MiB log: recovery reads %.0f bytes with commands, %.1f ms at 40 MHz\n", read, seconds * 1e3);
    printf("8 MiB log: written, confirmed and erased with %.4f bytes written per byte of frames, %.4f erases "
           "per sector\n",
           amplification, sensor.flash.erases / 2046.0);
    put_away(&sensor);
}

int main(void) {
    frames_come_back_by_offset();
    what_cannot_be_is_refused_and_changes_nothing();
    confirmations_follow_each_other_and_are_remembered();
    a_full_flash_ends_the_log_and_keeps_it();
    erasing_goes_on_after_a_restart_and_is_not_done_twice();
    failing_flash();
    a_sector_that_goes_bad_keeps_what_it_has();
    a_restart_looks_past_heads_that_are_spoilt();
    flash_that_cannot_be_read_is_said_so();
    what_cannot_be_kept_is_not_done();
    no_sector_is_taken_that_might_be_erased_again();
    a_sector_that_is_not_erased_is_passed_over();
    a_log_is_found_though_all_kept_values_are_lost();
    a_state_that_cannot_be_is_not_believed();
    a_log_is_found_though_its_beginning_was_forgotten();
    only_the_newest_log_is_guessed();
    heads_of_other_logs_are_not_of_this_one();
    a_range_goes_over_the_end_of_the_ring();
    no_single_failure_costs_an_acknowledged_frame();
    sectors_age_alike();
    the_generation_wraps();
    a_log_of_eight_mebibytes();
    return checks_failed > 0;
}

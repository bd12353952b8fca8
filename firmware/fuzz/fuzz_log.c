/* Kept values and log from whatever lies in flash: recovery ends, stays inside, and leaves a log that can be copied,
 * erased and begun again. The input is a script that builds the flash: API calls, raw bytes, and records whose
 * checksums are right and whose contents are not. */
#include <string.h>

#include "bytes.h"
#include "crc.h"
#include "flash_log.h"
#include "frame.h"
#include "fuzz.h"
#include "setting.h"

#define SECTORS 7u
#define CAPACITY (SECTORS - RS_KEPT_SECTORS)
#define FLASH_BYTES (SECTORS * RS_SECTOR_BYTES)

static uint8_t cells[FLASH_BYTES];
static uint32_t operations, fails_at; /* so many writes and erases from now, one fails; 0: none */

static bool fails(void) { return fails_at > 0 && ++operations == fails_at; }

static bool flash_read(void *board, uint32_t address, void *bytes, size_t count) {
    (void)board;
    MUST(address <= FLASH_BYTES && count <= FLASH_BYTES - address);
    memcpy(bytes, cells + address, count);
    return true;
}

static bool flash_write(void *board, uint32_t address, const void *bytes, size_t count) {
    (void)board;
    MUST(address <= FLASH_BYTES && count <= FLASH_BYTES - address);
    if (fails()) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        cells[address + i] &= ((const uint8_t *)bytes)[i];
    }
    return true;
}

static bool flash_erase(void *board, uint32_t sector) {
    (void)board;
    MUST(sector < SECTORS);
    if (fails()) {
        return false;
    }
    memset(cells + sector * RS_SECTOR_BYTES, 0xff, RS_SECTOR_BYTES);
    return true;
}

static const struct rs_flash flash = {NULL, SECTORS, flash_read, flash_write, flash_erase};

struct sensor {
    struct rs_kept kept;
    struct rs_log log;
    uint16_t sequence;
};

enum step { RAW, FILL, HEAD, FRAME, KEPT, START, APPEND, STOP, CONFIRM, ERASE, POLL, RESTART, FAIL, STEPS };

static void check(const struct rs_log *log) {
    const struct rs_log_status status = rs_log_status(log);
    MUST(status.capacity <= CAPACITY * RS_SECTOR_BYTES && status.used <= status.capacity);
    MUST(status.confirmed <= status.used && (!status.running || status.present));
    MUST(log->state.first < CAPACITY && log->state.sectors <= CAPACITY && log->state.dirty <= CAPACITY);
}

static void restart(struct sensor *sensor) {
    (void)rs_kept_begin(&sensor->kept, &flash);
    MUST(rs_log_begin(&sensor->log, &flash, &sensor->kept));
    check(&sensor->log);
}

static struct rs_setting some_setting(uint8_t code) {
    struct rs_setting setting = {200, 16, 2000};
    (void)rs_setting_of_code(code, &setting);
    return setting;
}

static size_t frame_of(struct fuzz_input *input, uint16_t sequence, uint8_t out[RS_FRAME_BYTES]) {
    static const uint8_t counts[RS_FRAME_COUNTS_BYTES] = {0};
    struct rs_frame frame = {.sequence = sequence, .counts = counts};
    frame.flags = fuzz_byte(input) & 31u;
    frame.count = fuzz_byte(input) % 42u;
    frame.setting = some_setting(fuzz_byte(input));
    return rs_frame_encode(out, RS_FRAME_BYTES, &frame);
}

static void put_record(struct fuzz_input *input, const uint8_t *bytes, size_t count) {
    const uint32_t sector = fuzz_byte(input) % SECTORS;
    uint32_t at = fuzz_byte(input);
    at |= (fuzz_byte(input) & 15u) << 8;
    const uint32_t address = sector * RS_SECTOR_BYTES + at;
    const size_t room = FLASH_BYTES - address;
    memcpy(cells + address, bytes, count < room ? count : room);
}

static void put_head(struct fuzz_input *input) {
    uint8_t bytes[RS_HEAD_BYTES];
    struct rs_head head = {.generation = fuzz_byte(input), .sector = fuzz_byte(input), .boot = fuzz_byte(input)};
    head.setting = some_setting(fuzz_byte(input));
    rs_head_encode(bytes, &head);
    put_record(input, bytes, sizeof bytes);
}

static void keep(struct fuzz_input *input, struct sensor *sensor) {
    struct rs_kept_values values = sensor->kept.values;
    values.boot = fuzz_u32(input);
    values.log.phase = fuzz_byte(input) % 4u;
    values.log.setting = fuzz_byte(input);
    values.log.generation = fuzz_byte(input);
    values.log.first = (uint16_t)fuzz_u32(input);
    values.log.sectors = (uint16_t)fuzz_u32(input);
    values.log.dirty = (uint16_t)fuzz_u32(input);
    values.log.used = fuzz_u32(input);
    values.log.confirmed = fuzz_u32(input);
    values.log.boot = fuzz_byte(input);
    values.log.time_us = fuzz_u32(input);
    (void)rs_kept_put(&sensor->kept, &values);
    restart(sensor);
}

static void put_raw(struct fuzz_input *input) {
    const uint8_t wanted = fuzz_byte(input);
    const size_t count = wanted < input->left ? wanted : input->left;
    const uint8_t *bytes = input->bytes;
    input->bytes += count;
    input->left -= count;
    put_record(input, bytes, count);
}

static void confirm(struct rs_log *log, uint32_t count) {
    uint32_t crc = 0;
    const uint32_t at = log->state.confirmed, left = rs_log_status(log).used - at;
    if (left > 0 && rs_log_crc(log, at, count < left ? count : left, &crc) == RS_LOG_DONE) {
        (void)rs_log_confirm(log, at, count < left ? count : left, crc);
    }
}

/* The same frame so many times, with numbers that grow. */
static void append(struct fuzz_input *input, struct sensor *sensor, unsigned times) {
    const struct fuzz_input form = *input;
    for (; times > 0; times--) {
        uint8_t frame[RS_FRAME_BYTES];
        *input = form;
        const size_t size = frame_of(input, sensor->sequence, frame);
        if (rs_log_append(&sensor->log, frame, size, 1000u * sensor->sequence) == RS_LOG_DONE) {
            sensor->sequence++;
        }
    }
}

static void step(struct fuzz_input *input, struct sensor *sensor) {
    uint8_t frame[RS_FRAME_BYTES];
    struct rs_log *log = &sensor->log;
    switch (fuzz_byte(input) % STEPS) {
    case RAW:
        put_raw(input);
        break;
    case FILL:
        memset(cells + (fuzz_byte(input) % SECTORS) * RS_SECTOR_BYTES, fuzz_byte(input), RS_SECTOR_BYTES);
        break;
    case HEAD:
        put_head(input);
        break;
    case FRAME:
        put_record(input, frame, frame_of(input, fuzz_byte(input), frame));
        break;
    case KEPT:
        keep(input, sensor);
        break;
    case START:
        (void)rs_log_start(log, some_setting(fuzz_byte(input)), sensor->kept.values.boot, fuzz_u32(input));
        break;
    case APPEND:
        append(input, sensor, fuzz_byte(input) & 15u);
        break;
    case STOP:
        (void)rs_log_stop(log);
        break;
    case CONFIRM:
        confirm(log, 1u + fuzz_byte(input) * 257u);
        break;
    case ERASE:
        (void)rs_log_erase(log, log->state.generation);
        break;
    case POLL:
        (void)rs_log_poll(log);
        break;
    case FAIL:
        fails_at = fuzz_byte(input);
        operations = 0;
        break;
    default:
        restart(sensor);
    }
    check(&sensor->log);
}

/* Reads, confirms and erases what is there, as a host would; then a new log begins. */
static void still_of_use(struct sensor *sensor) {
    struct rs_log *log = &sensor->log;
    uint8_t bytes[256];
    fails_at = 0;
    restart(sensor);
    MUST(rs_log_stop(log) == RS_LOG_DONE);
    check(log);
    const struct rs_log_status status = rs_log_status(log);
    for (uint32_t at = 0; status.present && at < status.used; at += sizeof bytes) {
        const uint32_t left = status.used - at;
        MUST(rs_log_read(log, at, bytes, left < sizeof bytes ? left : (uint32_t)sizeof bytes) == RS_LOG_DONE);
    }
    MUST(!status.present || rs_log_read(log, status.used, bytes, 1) == RS_LOG_OUTSIDE);
    for (unsigned round = 0; status.present && log->state.confirmed < status.used; round++) {
        MUST(round < 100);
        confirm(log, RS_LOG_RANGE_BYTES);
    }
    if (status.present) {
        MUST(rs_log_erase(log, status.generation) == RS_LOG_DONE);
    }
    /* What was slipped into sectors that count as blank is passed over, then cleared: so a start may fail, not for good. */
    const struct rs_setting setting = {200, 16, 2000};
    enum rs_log_result started = RS_LOG_FAILED;
    for (unsigned tries = 0; tries < CAPACITY && started != RS_LOG_DONE; tries++) {
        for (unsigned round = 0; rs_log_poll(log); round++) {
            MUST(round < 4u * SECTORS);
        }
        started = rs_log_start(log, setting, 1, 2);
    }
    MUST(started == RS_LOG_DONE);
    check(log);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
    struct fuzz_input input = {bytes, count < FUZZ_ROOM ? count : FUZZ_ROOM};
    struct sensor sensor = {0};
    memset(cells, 0xff, sizeof cells);
    fails_at = 0;
    restart(&sensor);
    while (input.left > 0) {
        step(&input, &sensor);
    }
    still_of_use(&sensor);
    return 0;
}

size_t fuzz_seed(unsigned number, uint8_t bytes[FUZZ_ROOM]) {
    static const uint8_t seeds[][64] = {
        {START, 9, 1, 0, 0, 0, APPEND, 15, 0, 40, 9, APPEND, 12, 0, 40, 9, RESTART, APPEND, 5, 0, 40, 9, STOP, CONFIRM,
         99, ERASE, POLL, POLL},
        {START, 9, 1, 0, 0, 0, APPEND, 15, 0, 40, 9, APPEND, 15, 0, 40, 9, APPEND, 15, 0, 40, 9, APPEND, 15, 0, 40, 9,
         RESTART},
        {KEPT, 1, 0, 0, 0, 2, 9, 1, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 64, 8, 0, 0, 16, 0, 0, 0, 1, 5, 0, 0, 0, RESTART},
        {HEAD, 1, 0, 1, 1, 0, 0, 0, 9, 0, 0, 0, FRAME, 0, 0, 10, 9, 0, 24, 0, FILL, 5, 0, FILL, 6, 0, RESTART},
        {FAIL, 9, START, 9, 1, 0, 0, 0, APPEND, 15, 0, 40, 9, FAIL, 3, APPEND, 15, 0, 40, 9, RAW, 3, 1, 2, 3, 0, 0, 0,
         RESTART},
    };
    if (number >= sizeof seeds / sizeof seeds[0]) {
        return 0;
    }
    memcpy(bytes, seeds[number], sizeof seeds[number]);
    return sizeof seeds[number];
}

/* A board in memory around the core, and its codecs with plain numbers, for Python. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"

#include "crc.h"
#include "device.h"
#include "doubling.h"
#include "frame.h"
#include "setting.h"
#include "sync.h"
#include "tlv.h"
#include "update.h"

#define FIFO 4096u
#define OUTBOX 256u
#define NOTIFICATION 512u

struct notification {
    uint8_t channel;
    size_t size;
    uint8_t bytes[NOTIFICATION];
};

struct core_board {
    struct rs_hal hal;
    struct rs_chip chip;
    struct rs_device device;
    uint8_t *flash;
    uint64_t time_us;
    uint32_t room;
    struct rs_battery battery;
    enum rs_light light;
    bool running;
    uint8_t setting;
    uint32_t starts;
    uint32_t oldest;
    uint32_t held;
    struct rs_sample samples[FIFO];
    uint64_t taken_us[FIFO];
    uint32_t sent;
    uint32_t waiting;
    struct notification outbox[OUTBOX];
};

/* The board's side. */

static uint64_t clock_us(void *board) { return ((struct core_board *)board)->time_us; }

static bool read_flash(void *board, uint32_t address, void *bytes, size_t count) {
    memcpy(bytes, ((struct core_board *)board)->flash + address, count);
    return true;
}

static bool write_flash(void *board, uint32_t address, const void *bytes, size_t count) {
    uint8_t *flash = ((struct core_board *)board)->flash + address;
    for (size_t i = 0; i < count; i++) {
        flash[i] = (uint8_t)(flash[i] & ((const uint8_t *)bytes)[i]);
    }
    return true;
}

static bool erase_flash(void *board, uint32_t sector) {
    memset(((struct core_board *)board)->flash + (size_t)sector * RS_SECTOR_BYTES, 0xff, RS_SECTOR_BYTES);
    return true;
}

static bool notify(void *radio, enum rs_channel channel, const uint8_t *bytes, size_t count) {
    struct core_board *board = radio;
    if (board->waiting >= board->room || board->waiting >= OUTBOX || count > NOTIFICATION) {
        return false;
    }
    struct notification *next = &board->outbox[(board->sent + board->waiting) % OUTBOX];
    next->channel = (uint8_t)channel;
    next->size = count;
    memcpy(next->bytes, bytes, count);
    board->waiting++;
    return true;
}

static struct rs_battery battery(void *board) { return ((struct core_board *)board)->battery; }

static void light(void *board, enum rs_light light) { ((struct core_board *)board)->light = light; }

/* The chip's side: every setting that has a code. */

static bool probe(struct rs_chip *chip) { return chip->family != NULL; }

static struct rs_setting nearest(const struct rs_chip *chip, struct rs_setting wanted) {
    (void)chip;
    return doubling_nearest(wanted, 4000);
}

static struct rs_scales scales(const struct rs_chip *chip, struct rs_setting taken) {
    (void)chip;
    const uint32_t dps = taken.gyr_range_dps == 0 ? 2000u : taken.gyr_range_dps;
    return (struct rs_scales){taken.rate_hz * 1000u, 327680000u / taken.acc_range_g, 328000000u / dps};
}

static bool start(struct rs_chip *chip, struct rs_setting taken) {
    struct core_board *board = chip->family;
    board->running = true;
    board->setting = rs_setting_code(taken);
    board->starts++;
    board->held = 0;
    return true;
}

static bool stop(struct rs_chip *chip) {
    ((struct core_board *)chip->family)->running = false;
    return true;
}

static struct rs_batch take(struct rs_chip *chip, struct rs_sample *samples, uint16_t room, uint64_t interrupt_us) {
    struct core_board *board = chip->family;
    (void)interrupt_us;
    struct rs_batch batch = {.first_us = board->taken_us[board->oldest]};
    while (board->running && batch.count < room && board->held > 0) {
        samples[batch.count++] = board->samples[board->oldest];
        board->oldest = (board->oldest + 1u) % FIFO;
        board->held--;
    }
    return batch;
}

struct core_board *core_board_make(uint8_t *flash, uint32_t sectors, uint64_t time_us) {
    static const struct rs_chip_driver driver = {"fed", probe, nearest, scales, start, stop, take};
    struct core_board *board = calloc(1, sizeof *board);
    if (board == NULL) {
        return NULL;
    }
    board->flash = flash;
    board->time_us = time_us;
    board->battery = (struct rs_battery){100, 4200};
    board->chip = (struct rs_chip){.driver = &driver, .family = board};
    board->hal = (struct rs_hal){
        .clock = {board, clock_us},
        .flash = {board, sectors, read_flash, write_flash, erase_flash},
        .radio = {board, notify},
        .panel = {board, battery, light},
    };
    rs_device_begin(&board->device, &board->hal, &board->chip);
    return board;
}

void core_board_free(struct core_board *board) { free(board); }

void core_board_connected(struct core_board *board, uint16_t payload) {
    board->waiting = 0;
    rs_device_connected(&board->device, payload);
}

void core_board_disconnected(struct core_board *board) {
    board->waiting = 0;
    rs_device_disconnected(&board->device);
}

void core_board_write(struct core_board *board, uint8_t channel, const uint8_t *bytes, size_t count) {
    rs_device_write(&board->device, (enum rs_channel)channel, bytes, count, board->time_us);
}

void core_board_battery(struct core_board *board, uint8_t percent, uint16_t millivolts) {
    board->battery = (struct rs_battery){percent, millivolts};
}

bool core_board_poll(struct core_board *board, uint64_t time_us, uint32_t room) {
    board->time_us = time_us;
    board->room = room;
    return rs_device_poll(&board->device, 0) == RS_REST_NOT;
}

size_t core_board_sent(struct core_board *board, uint8_t *channel, uint8_t *bytes) {
    if (board->waiting == 0) {
        return 0;
    }
    const struct notification *oldest = &board->outbox[board->sent];
    board->sent = (board->sent + 1u) % OUTBOX;
    board->waiting--;
    *channel = oldest->channel;
    memcpy(bytes, oldest->bytes, oldest->size);
    return oldest->size;
}

uint32_t core_board_starts(const struct core_board *board) { return board->starts; }

int core_board_setting(const struct core_board *board) { return board->running ? board->setting : -1; }

bool core_board_measured(struct core_board *board, const int16_t *counts, const uint64_t *time_us, uint32_t count) {
    if (count > FIFO - board->held) {
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t place = (board->oldest + board->held) % FIFO;
        memcpy(board->samples[place].acc, counts + 6u * i, sizeof board->samples[place].acc);
        memcpy(board->samples[place].gyr, counts + 6u * i + 3u, sizeof board->samples[place].gyr);
        board->taken_us[place] = time_us[i];
        board->held++;
    }
    return true;
}

int core_board_log(const struct core_board *board) {
    const struct rs_log_status log = rs_log_status(&board->device.log);
    return log.running ? 2 : log.present ? 1 : 0;
}

bool core_board_blinks(const struct core_board *board) { return board->light == RS_BLINKING; }

/* Codecs. */

uint16_t core_crc16(const uint8_t *bytes, size_t count) { return rs_crc16(bytes, count); }

uint32_t core_crc32(const uint8_t *bytes, size_t count) { return rs_crc32_more(0, bytes, count); }

bool core_setting_whole(uint8_t code) {
    struct rs_setting setting;
    return rs_setting_of_code(code, &setting) && rs_setting_code(setting) == code;
}

size_t core_frame_encode(uint8_t *out, size_t room, uint8_t flags, uint16_t sequence, uint32_t time_us,
                         uint8_t setting, uint8_t samples, const uint8_t *counts) {
    struct rs_frame frame = {
        .flags = flags, .sequence = sequence, .time_us = time_us, .count = samples, .counts = counts};
    return rs_setting_of_code(setting, &frame.setting) ? rs_frame_encode(out, room, &frame) : 0;
}

int core_frame_decode(const uint8_t *bytes, size_t count, uint8_t *flags, uint16_t *sequence, uint32_t *time_us,
                      uint8_t *setting, uint8_t *samples, size_t *size) {
    struct rs_frame frame;
    const enum rs_read read = rs_frame_decode(bytes, count, &frame);
    if (read == RS_READ_WHOLE) {
        *flags = frame.flags;
        *sequence = frame.sequence;
        *time_us = frame.time_us;
        *setting = rs_setting_code(frame.setting);
        *samples = frame.count;
        *size = rs_frame_bytes(&frame);
    }
    return read == RS_READ_WHOLE ? 0 : read == RS_READ_MORE ? 1 : 2;
}

void core_head_encode(uint8_t *out, uint16_t generation, uint16_t sector, uint32_t boot, uint64_t time_us,
                      uint8_t setting) {
    struct rs_head head = {.generation = generation, .sector = sector, .boot = boot, .time_us = time_us};
    (void)rs_setting_of_code(setting, &head.setting);
    rs_head_encode(out, &head);
}

bool core_head_decode(const uint8_t *bytes, uint16_t *generation, uint16_t *sector, uint32_t *boot,
                      uint64_t *time_us, uint8_t *setting) {
    struct rs_head head;
    if (!rs_head_decode(bytes, &head)) {
        return false;
    }
    *generation = head.generation;
    *sector = head.sector;
    *boot = head.boot;
    *time_us = head.time_us;
    *setting = rs_setting_code(head.setting);
    return true;
}

bool core_request(const uint8_t *bytes, size_t count, uint8_t tag, bool *whole, uint8_t *id, uint8_t *command,
                  uint32_t *number, uint8_t *six, bool *has) {
    struct rs_request request;
    if (!rs_request_read(&request, bytes, count)) {
        return false;
    }
    const bool is_six = tag == RS_TAG_ACC_CALIBRATION || tag == RS_TAG_GYR_CALIBRATION;
    const uint8_t *value = rs_request_value(&request, (enum rs_tag)tag);
    *whole = request.whole;
    *id = request.id;
    *command = request.command;
    *has = value != NULL;
    if (value != NULL && is_six) {
        memcpy(six, value, 12);
    } else if (value != NULL && tag != RS_TAG_TIME_US) {
        *number = rs_request_number(&request, (enum rs_tag)tag);
    }
    return true;
}

size_t core_answer(uint8_t id, uint8_t command, uint8_t refusal, const uint8_t *tags, const uint64_t *values,
                   size_t fields, size_t payload, uint8_t *out, uint8_t *sizes) {
    const struct rs_request request = {.id = id, .command = command};
    struct rs_answer answer;
    rs_answer_begin(&answer, &request);
    for (size_t i = 0; i < fields; i++) {
        rs_answer_number(&answer, (enum rs_tag)tags[i], values[i]);
    }
    if (refusal != 0) {
        rs_answer_refuse(&answer, (enum rs_refusal)refusal);
    }
    answer.due = true;
    size_t pieces = 0;
    while (answer.due && pieces < 16) {
        const size_t size = rs_answer_piece(&answer, payload, out);
        rs_answer_sent(&answer, size);
        sizes[pieces++] = (uint8_t)size;
        out += size;
    }
    return pieces;
}

size_t core_sync_reply(const uint8_t *token, size_t count, uint64_t came_us, uint32_t boot, uint64_t now_us,
                       uint8_t *out) {
    struct rs_sync sync;
    rs_sync_begin(&sync);
    return rs_sync_take(&sync, token, count, came_us) && rs_sync_reply(&sync, boot, now_us, out) ? RS_REPLY_BYTES
                                                                                                  : 0;
}

/* New firmware. */

struct core_slot {
    struct rs_update update;
    struct rs_update_slot table;
    uint8_t *bytes;
    size_t room, size;
    uint8_t trusted;
};

static bool begin_image(void *board) {
    ((struct core_slot *)board)->size = 0;
    return true;
}

static bool write_image(void *board, const uint8_t *bytes, size_t count) {
    struct core_slot *slot = board;
    if (count > slot->room - slot->size) {
        return false;
    }
    memcpy(slot->bytes + slot->size, bytes, count);
    slot->size += count;
    return true;
}

static bool finish_image(void *board) {
    const struct core_slot *slot = board;
    return slot->size > 0 && slot->bytes[0] == slot->trusted;
}

static void drop_image(void *board) { ((struct core_slot *)board)->size = 0; }

struct core_slot *core_slot_make(size_t room, uint8_t trusted) {
    struct core_slot *slot = calloc(1, sizeof *slot);
    uint8_t *bytes = malloc(room);
    if (slot == NULL || bytes == NULL) {
        free(slot);
        free(bytes);
        return NULL;
    }
    slot->bytes = bytes;
    slot->room = room;
    slot->trusted = trusted;
    slot->table = (struct rs_update_slot){slot, begin_image, write_image, finish_image, drop_image};
    rs_update_begin(&slot->update, &slot->table);
    return slot;
}

void core_slot_free(struct core_slot *slot) {
    free(slot->bytes);
    free(slot);
}

void core_slot_open(struct core_slot *slot, uint64_t now_us) { rs_update_open(&slot->update, now_us); }

int core_slot_write(struct core_slot *slot, const uint8_t *bytes, size_t count, uint64_t now_us) {
    return (int)rs_update_write(&slot->update, bytes, count, now_us);
}

void core_slot_state(struct core_slot *slot, uint8_t *six, uint64_t now_us) {
    rs_update_state(&slot->update, six, now_us);
}

const uint8_t *core_slot_image(const struct core_slot *slot, size_t *size) {
    *size = slot->size;
    return slot->bytes;
}

#include "device.h"

#include <string.h>

#include "measuring.h"
#include "requests.h"

#define MOST_SENT 32u /* notifications of one poll, so that a copy does not keep a clock reading waiting */

static void forget_connection(struct rs_device *device) {
    device->connected = false;
    device->configured = false;
    device->held = false;
    device->answer.due = false;
    device->requests_waiting = 0;
    device->copy.active = false;
    rs_sync_begin(&device->sync);
    rs_stream_begin(&device->stream);
}

void rs_device_begin(struct rs_device *device, const struct rs_hal *hal, struct rs_chip *chip) {
    memset(device, 0, sizeof *device);
    device->hal = hal;
    device->chip = chip;
    forget_connection(device);
    const bool keeps = rs_kept_begin(&device->kept, &hal->flash);
    device->has_log = rs_log_begin(&device->log, &hal->flash, &device->kept);
    rs_charge_begin(&device->charge, &hal->panel, rs_device_now_us(device));
    device->state = chip->driver->probe(chip) && keeps ? RS_IDLE : RS_FAULT;
    if (device->has_log && rs_log_status(&device->log).running) {
        if (rs_charge_is_empty(&device->charge)) {
            (void)rs_log_stop(&device->log);
        } else {
            rs_measuring_go_on(device);
        }
    }
    hal->panel.light(hal->panel.board, device->light);
}

static uint16_t usable(uint16_t payload) {
    if (payload < RS_SMALLEST_PAYLOAD) {
        return RS_SMALLEST_PAYLOAD;
    }
    return payload < RS_FRAME_BYTES ? payload : RS_FRAME_BYTES;
}

void rs_device_connected(struct rs_device *device, uint16_t payload) {
    rs_device_disconnected(device);
    device->connected = true;
    device->payload = usable(payload);
}

void rs_device_payload(struct rs_device *device, uint16_t payload) { device->payload = usable(payload); }

void rs_device_disconnected(struct rs_device *device) {
    if (device->state == RS_STREAMING) {
        rs_measuring_drop(device);
    }
    device->state = rs_state_after(device->state, RS_ON_HANGUP);
    forget_connection(device);
}

void rs_device_write(struct rs_device *device, enum rs_channel channel, const uint8_t *bytes, size_t count,
                     uint64_t came_us) {
    if (!device->connected) {
        return;
    }
    if (channel == RS_SYNC) {
        (void)rs_sync_take(&device->sync, bytes, count, came_us); /* what is no token has no reply */
    } else if (channel == RS_LOG) {
        rs_copy_allow(&device->copy, bytes, count);
    } else if (channel == RS_CONTROL && device->requests_waiting < RS_REQUESTS &&
               rs_request_read(&device->requests[device->requests_waiting], bytes, count)) {
        device->requests_waiting++;
    }
}

static void do_requests(struct rs_device *device) {
    rs_requests_release(device);
    if (device->requests_waiting == 0 || device->held || device->answer.due) {
        return;
    }
    const struct rs_request request = device->requests[0];
    device->requests_waiting--;
    memmove(device->requests, device->requests + 1, device->requests_waiting * sizeof request);
    rs_requests_do(device, &request);
}

/* An empty battery ends a log while a last frame can still be written. */
static void mind_battery(struct rs_device *device) {
    rs_charge_poll(&device->charge, &device->hal->panel, rs_device_now_us(device));
    if (device->state != RS_LOGGING || !rs_charge_is_empty(&device->charge)) {
        return;
    }
    rs_measuring_finish(device);
    (void)rs_log_stop(&device->log);
    if (device->state == RS_LOGGING) {
        device->state = rs_state_after(device->state, RS_ON_LOG_OVER);
    }
}

static bool notify(struct rs_device *device, enum rs_channel channel, const uint8_t *bytes, size_t count) {
    return device->hal->radio.notify(device->hal->radio.board, channel, bytes, count);
}

/* Each of these sends one notification; false where none is due or no buffer is free. */

static bool send_reading(struct rs_device *device) {
    uint8_t reply[RS_REPLY_BYTES];
    const uint32_t boot = device->kept.values.boot;
    if (!rs_sync_reply(&device->sync, boot, rs_device_now_us(device), reply) ||
        !notify(device, RS_SYNC, reply, sizeof reply)) {
        return false;
    }
    rs_sync_sent(&device->sync);
    return true;
}

static bool send_answer(struct rs_device *device) {
    uint8_t piece[RS_ANSWER_HEAD_BYTES + RS_ANSWER_FIELDS_BYTES];
    if (!device->answer.due) {
        return false;
    }
    const size_t size = rs_answer_piece(&device->answer, device->payload, piece);
    if (!notify(device, RS_CONTROL, piece, size)) {
        return false;
    }
    rs_answer_sent(&device->answer, size);
    return true;
}

static bool send_frame(struct rs_device *device) {
    size_t size = 0;
    const uint8_t *piece = rs_stream_piece(&device->stream, device->payload, &size);
    if (piece == NULL || !notify(device, RS_DATA, piece, size)) {
        return false;
    }
    rs_stream_sent(&device->stream, size);
    return true;
}

static bool send_log(struct rs_device *device) {
    uint8_t piece[RS_FRAME_BYTES];
    /* The answer to LOG_READ comes before its first byte. */
    const size_t size = device->answer.due ? 0 : rs_copy_piece(&device->copy, &device->log, device->payload, piece);
    if (size == 0 || !notify(device, RS_LOG, piece, size)) {
        return false;
    }
    rs_copy_sent(&device->copy, size);
    return true;
}

static void send(struct rs_device *device) {
    unsigned sent = 0;
    while (sent < MOST_SENT &&
           (send_reading(device) || send_answer(device) || send_frame(device) || send_log(device))) {
        sent++;
    }
}

/* Events that sending brings about. */
static void notice_sent(struct rs_device *device) {
    size_t size;
    if (device->state == RS_ENDING && rs_ring_oldest(&device->stream.ring, &size) == NULL) {
        device->state = rs_state_after(device->state, RS_ON_SENT);
    }
    if (device->state == RS_COPYING && !device->copy.active) {
        device->state = rs_state_after(device->state, RS_ON_COPIED);
    }
}

static bool at_rest(const struct rs_device *device) {
    return device->state == RS_IDLE || device->state == RS_FAULT;
}

/* Whether something could go out, if the radio let it. */
static bool is_sending(const struct rs_device *device) {
    size_t size;
    const struct rs_copy *copy = &device->copy;
    return device->answer.due || device->sync.count > 0 || device->requests_waiting > 0 ||
           rs_ring_oldest(&device->stream.ring, &size) != NULL ||
           (copy->active && copy->offset < copy->allowed);
}

static enum rs_light light_of(const struct rs_device *device) {
    if (rs_device_now_us(device) < device->blinks_until_us) {
        return RS_BLINKING;
    }
    if (device->state == RS_FAULT || !device->has_log) {
        return RS_LIGHT_FAULT;
    }
    if ((device->state == RS_LOGGING || device->state == RS_STREAMING) && !device->chip_runs) {
        return RS_LIGHT_FAULT;
    }
    if (device->state == RS_LOGGING) {
        return RS_LIGHT_LOGGING;
    }
    const struct rs_log_status log = rs_log_status(&device->log);
    return log.present && log.capacity - log.used < RS_SECTOR_BYTES ? RS_LIGHT_FULL : RS_DARK;
}

static void shine(struct rs_device *device) {
    const enum rs_light light = light_of(device);
    if (light != device->light) {
        device->light = light;
        device->hal->panel.light(device->hal->panel.board, light);
    }
}

enum rs_rest rs_device_poll(struct rs_device *device, uint64_t interrupt_us) {
    mind_battery(device);
    rs_measuring_poll(device, interrupt_us);
    do_requests(device);
    send(device);
    notice_sent(device);
    rs_requests_release(device);
    bool erasing = false;
    if (device->has_log && at_rest(device) && !is_sending(device)) {
        erasing = rs_log_poll(&device->log);
    }
    shine(device);
    if (is_sending(device) || erasing) {
        return RS_REST_NOT;
    }
    return at_rest(device) && rs_charge_is_empty(&device->charge) ? RS_REST_OFF : RS_REST_WAIT;
}

#include "measuring.h"

#define TAKEN 32u              /* samples at a time: 384 bytes of stack */
#define BATCHES 512u           /* of one poll: a full FIFO even with one sample in a frame, but not for ever */
#define SILENCE_US 1000000u    /* a chip that gave nothing for so long is started again */
#define TRY_EVERY_US 1000000u

uint64_t rs_device_now_us(const struct rs_device *device) {
    return device->hal->clock.time_us(device->hal->clock.board);
}

static bool start_chip(struct rs_device *device) {
    device->tried_us = device->heard_us = rs_device_now_us(device);
    device->chip_runs = device->chip->driver->start(device->chip, device->framing.setting);
    return device->chip_runs;
}

static void follow(struct rs_device *device, enum rs_event event) {
    device->state = rs_state_after(device->state, event);
}

static bool measures(const struct rs_device *device) {
    return device->state == RS_STREAMING || device->state == RS_BEGINNING || device->state == RS_LOGGING;
}

bool rs_measuring_start(struct rs_device *device, struct rs_setting setting, uint8_t whole) {
    rs_framing_begin(&device->framing, setting, whole);
    return start_chip(device);
}

void rs_measuring_go_on(struct rs_device *device) {
    const struct rs_setting setting = rs_log_status(&device->log).setting;
    rs_framing_begin(&device->framing, setting, rs_framing_logged(setting));
    (void)start_chip(device);
    device->state = RS_LOGGING;
}

/* Hands the frame on; a log that cannot take it has ended. */
static void close_frame(struct rs_device *device) {
    struct rs_framing *framing = &device->framing;
    const size_t size = rs_framing_close(framing);
    if (size == 0) {
        return;
    }
    if (device->state == RS_STREAMING) {
        if (!rs_stream_put(&device->stream, framing->bytes, size)) {
            rs_framing_lose(framing);
        }
        return;
    }
    const enum rs_log_result result = rs_log_append(&device->log, framing->bytes, size, framing->first_us);
    if (result != RS_LOG_DONE) {
        follow(device, result == RS_LOG_FULL ? RS_ON_LOG_OVER : RS_ON_FAILURE);
        rs_measuring_drop(device);
    }
}

/* No log begins: the answer to LOG_START will say why. */
static void give_up(struct rs_device *device, enum rs_refusal why) {
    device->failure = why;
    follow(device, RS_ON_FAILURE);
    rs_measuring_drop(device);
}

/* The answer to LOG_START waited for this. */
static void begin_log(struct rs_device *device, uint64_t first_us) {
    const struct rs_setting setting = device->framing.setting;
    if (rs_log_start(&device->log, setting, device->kept.values.boot, first_us) == RS_LOG_DONE) {
        follow(device, RS_ON_SAMPLE);
    } else {
        give_up(device, RS_FLASH_FAILED);
    }
}

static void keep(struct rs_device *device, const struct rs_batch *batch, const struct rs_sample *samples) {
    if (device->state == RS_BEGINNING) {
        begin_log(device, batch->first_us);
    } else if (rs_framing_breaks(&device->framing, batch)) {
        close_frame(device);
    }
    if (!measures(device)) {
        return;
    }
    rs_framing_add(&device->framing, batch, samples);
    if (rs_framing_room(&device->framing) == 0) {
        close_frame(device);
    }
}

/* A chip that is silent is started again now and then; a log that never got a sample is given up. */
static void revive(struct rs_device *device) {
    const uint64_t now_us = rs_device_now_us(device);
    if (device->chip_runs && now_us - device->heard_us < SILENCE_US) {
        return;
    }
    if (device->state == RS_BEGINNING) {
        give_up(device, RS_CHIP_FAILED);
    } else if (now_us - device->tried_us >= TRY_EVERY_US) {
        rs_framing_tell(&device->framing, RS_BUS_ERROR);
        (void)start_chip(device);
    }
}

/* One batch; false where there is none. */
static bool take(struct rs_device *device, uint64_t interrupt_us) {
    struct rs_sample samples[TAKEN];
    const uint16_t free = rs_framing_room(&device->framing);
    const uint16_t room = free < TAKEN ? free : TAKEN;
    const struct rs_batch batch = device->chip->driver->take(device->chip, samples, room, interrupt_us);
    if (batch.count == 0) {
        return false;
    }
    device->heard_us = rs_device_now_us(device);
    keep(device, &batch, samples);
    return true;
}

void rs_measuring_poll(struct rs_device *device, uint64_t interrupt_us) {
    for (unsigned batches = 0; batches < BATCHES && measures(device); batches++) {
        if (!device->chip_runs || !take(device, interrupt_us)) {
            revive(device);
            return;
        }
    }
}

void rs_measuring_finish(struct rs_device *device) {
    rs_measuring_poll(device, 0);
    if (measures(device)) {
        close_frame(device);
    }
    rs_measuring_drop(device);
}

void rs_measuring_drop(struct rs_device *device) {
    if (device->chip_runs) {
        (void)device->chip->driver->stop(device->chip); /* one that does not answer is stopped by the next start */
    }
    device->chip_runs = false;
}

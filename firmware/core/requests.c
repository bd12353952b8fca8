#include "requests.h"

#include <string.h>

#include "bytes.h"
#include "measuring.h"
#include "setting.h"

#define LONGEST_BLINK_S 60u
#define US_PER_S 1000000u

#define WANTED (RS_BIT(RS_TAG_RATE_HZ) | RS_BIT(RS_TAG_ACC_RANGE_G) | RS_BIT(RS_TAG_GYR_RANGE_DPS))
#define RANGE (RS_BIT(RS_TAG_OFFSET) | RS_BIT(RS_TAG_LENGTH))

static struct rs_setting nearest(const struct rs_device *device, const struct rs_request *request) {
    const struct rs_setting wanted = {
        .rate_hz = (uint16_t)rs_request_number(request, RS_TAG_RATE_HZ),
        .acc_range_g = (uint8_t)rs_request_number(request, RS_TAG_ACC_RANGE_G),
        .gyr_range_dps = (uint16_t)rs_request_number(request, RS_TAG_GYR_RANGE_DPS),
    };
    return device->chip->driver->nearest(device->chip, wanted);
}

/* All that is needed to read frames. */
static void tell_coding(struct rs_device *device, struct rs_setting setting, uint32_t boot, uint64_t time_us) {
    const struct rs_scales scales = device->chip->driver->scales(device->chip, setting);
    struct rs_answer *answer = &device->answer;
    rs_answer_number(answer, RS_TAG_SETTING, rs_setting_code(setting));
    rs_answer_number(answer, RS_TAG_RATE_MHZ, scales.rate_mhz);
    rs_answer_number(answer, RS_TAG_ACC_SCALE, scales.acc_scale);
    rs_answer_number(answer, RS_TAG_GYR_SCALE, scales.gyr_scale);
    rs_answer_number(answer, RS_TAG_BOOT_ID, boot);
    rs_answer_number(answer, RS_TAG_TIME_US, time_us);
}

static void tell_log_coding(struct rs_device *device) {
    const struct rs_log_status log = rs_log_status(&device->log);
    tell_coding(device, log.setting, log.boot, log.time_us);
}

static enum rs_refusal refusal_of(enum rs_log_result result) {
    static const uint8_t refusals[] = {
        [RS_LOG_DONE] = RS_REFUSED_NOT,
        [RS_LOG_PRESENT] = RS_HAS_LOG,
        [RS_LOG_NONE] = RS_NO_LOG,
        [RS_LOG_BUSY] = RS_WRONG_STATE,
        [RS_LOG_OUTSIDE] = RS_OUT_OF_RANGE,
        [RS_LOG_MISMATCH] = RS_CRC_MISMATCH,
        [RS_LOG_UNCONFIRMED] = RS_NOT_CONFIRMED,
        [RS_LOG_FULL] = RS_FLASH_FAILED,
        [RS_LOG_FAILED] = RS_FLASH_FAILED,
    };
    return (enum rs_refusal)refusals[result];
}

static enum rs_refusal hello(struct rs_device *device, const struct rs_request *request) {
    (void)request;
    rs_answer_number(&device->answer, RS_TAG_PROTOCOL, RS_PROTOCOL);
    rs_answer_number(&device->answer, RS_TAG_STATE, rs_state_told(device->state));
    rs_answer_number(&device->answer, RS_TAG_BOOT_ID, device->kept.values.boot);
    rs_answer_number(&device->answer, RS_TAG_TIME_US, rs_device_now_us(device));
    return RS_REFUSED_NOT;
}

static enum rs_refusal battery(struct rs_device *device, const struct rs_request *request) {
    (void)request;
    rs_answer_number(&device->answer, RS_TAG_PERCENT, device->charge.now.percent);
    rs_answer_number(&device->answer, RS_TAG_MILLIVOLTS, device->charge.now.millivolts);
    return RS_REFUSED_NOT;
}

static enum rs_refusal blink(struct rs_device *device, const struct rs_request *request) {
    const uint32_t seconds = rs_request_number(request, RS_TAG_SECONDS);
    if (seconds == 0 || seconds > LONGEST_BLINK_S) {
        return RS_BAD_FIELD;
    }
    device->blinks_until_us = rs_device_now_us(device) + (uint64_t)seconds * US_PER_S;
    return RS_REFUSED_NOT;
}

static enum rs_refusal calibration(struct rs_device *device, const struct rs_request *request) {
    (void)request;
    rs_answer_six(&device->answer, RS_TAG_ACC_CALIBRATION, device->kept.values.acc);
    rs_answer_six(&device->answer, RS_TAG_GYR_CALIBRATION, device->kept.values.gyr);
    return RS_REFUSED_NOT;
}

static enum rs_refusal calibrate(struct rs_device *device, const struct rs_request *request) {
    struct rs_kept_values values = device->kept.values;
    const uint8_t *acc = rs_request_value(request, RS_TAG_ACC_CALIBRATION);
    const uint8_t *gyr = rs_request_value(request, RS_TAG_GYR_CALIBRATION);
    for (size_t i = 0; i < 6; i++) {
        if (acc != NULL) {
            values.acc[i] = rs_get_i16(acc + 2 * i);
        }
        if (gyr != NULL) {
            values.gyr[i] = rs_get_i16(gyr + 2 * i);
        }
    }
    return rs_kept_put(&device->kept, &values) ? RS_REFUSED_NOT : RS_FLASH_FAILED;
}

static enum rs_refusal configure(struct rs_device *device, const struct rs_request *request) {
    device->setting = nearest(device, request);
    device->configured = true;
    tell_coding(device, device->setting, device->kept.values.boot, rs_device_now_us(device));
    return RS_REFUSED_NOT;
}

static enum rs_refusal start(struct rs_device *device, const struct rs_request *request) {
    (void)request;
    if (!device->configured) {
        return RS_WRONG_STATE;
    }
    if (rs_charge_is_low(&device->charge)) {
        return RS_BATTERY_LOW;
    }
    rs_stream_begin(&device->stream);
    const uint8_t whole = rs_framing_streamed(device->setting, device->payload);
    return rs_measuring_start(device, device->setting, whole) ? RS_REFUSED_NOT : RS_CHIP_FAILED;
}

static enum rs_refusal stop(struct rs_device *device, const struct rs_request *request) {
    (void)request;
    if (device->state == RS_STREAMING) {
        rs_measuring_finish(device);
        device->held = true;
    }
    return RS_REFUSED_NOT;
}

static enum rs_refusal log_status(struct rs_device *device, const struct rs_request *request) {
    (void)request;
    const struct rs_log_status log = rs_log_status(&device->log);
    rs_answer_number(&device->answer, RS_TAG_STATE, rs_state_told(device->state));
    rs_answer_number(&device->answer, RS_TAG_USED, log.used);
    rs_answer_number(&device->answer, RS_TAG_CAPACITY, log.capacity);
    rs_answer_number(&device->answer, RS_TAG_CONFIRMED, log.confirmed);
    rs_answer_number(&device->answer, RS_TAG_GENERATION, log.generation);
    if (log.present) {
        tell_log_coding(device);
    }
    return RS_REFUSED_NOT;
}

static enum rs_refusal log_start(struct rs_device *device, const struct rs_request *request) {
    if (rs_log_status(&device->log).present) {
        return RS_HAS_LOG;
    }
    if (rs_charge_is_low(&device->charge)) {
        return RS_BATTERY_LOW;
    }
    const struct rs_setting setting = nearest(device, request);
    if (!rs_measuring_start(device, setting, rs_framing_logged(setting))) {
        return RS_CHIP_FAILED;
    }
    device->held = true; /* the answer tells the time of the first sample */
    return RS_REFUSED_NOT;
}

static enum rs_refusal log_stop(struct rs_device *device, const struct rs_request *request) {
    (void)request;
    if (device->state == RS_LOGGING) {
        rs_measuring_finish(device);
        if (device->state == RS_FAULT) {
            return RS_FLASH_FAILED;
        }
    } else if (device->state == RS_BEGINNING) {
        rs_measuring_drop(device);
    }
    device->state = rs_state_after(device->state, RS_ON_LOG_STOP); /* also where the end cannot be written */
    return device->has_log ? refusal_of(rs_log_stop(&device->log)) : RS_REFUSED_NOT;
}

static enum rs_refusal log_read(struct rs_device *device, const struct rs_request *request) {
    const uint32_t offset = rs_request_number(request, RS_TAG_OFFSET);
    const uint32_t length = rs_request_number(request, RS_TAG_LENGTH);
    const struct rs_log_status log = rs_log_status(&device->log);
    if (!log.present) {
        return RS_NO_LOG;
    }
    if (length == 0 || length > RS_LOG_RANGE_BYTES || offset > log.used || length > log.used - offset) {
        return RS_OUT_OF_RANGE;
    }
    rs_copy_begin(&device->copy, request->id, offset, length, rs_request_number(request, RS_TAG_ALLOWED));
    return RS_REFUSED_NOT;
}

static enum rs_refusal log_crc(struct rs_device *device, const struct rs_request *request) {
    uint32_t crc = 0;
    const enum rs_log_result result = rs_log_crc(&device->log, rs_request_number(request, RS_TAG_OFFSET),
                                                 rs_request_number(request, RS_TAG_LENGTH), &crc);
    rs_answer_number(&device->answer, RS_TAG_CRC32, crc);
    return refusal_of(result);
}

static enum rs_refusal log_confirm(struct rs_device *device, const struct rs_request *request) {
    const enum rs_log_result result =
        rs_log_confirm(&device->log, rs_request_number(request, RS_TAG_OFFSET),
                       rs_request_number(request, RS_TAG_LENGTH), rs_request_number(request, RS_TAG_CRC32));
    rs_answer_number(&device->answer, RS_TAG_CONFIRMED, rs_log_status(&device->log).confirmed);
    return refusal_of(result);
}

static enum rs_refusal log_erase(struct rs_device *device, const struct rs_request *request) {
    const uint16_t generation = (uint16_t)rs_request_number(request, RS_TAG_GENERATION);
    const enum rs_log_result result = rs_log_erase(&device->log, generation);
    rs_answer_number(&device->answer, RS_TAG_GENERATION, rs_log_status(&device->log).generation);
    return result == RS_LOG_MISMATCH ? RS_BAD_FIELD : refusal_of(result); /* what differs is no CRC here */
}

struct rule {
    uint8_t command;
    uint8_t event;       /* enum rs_event; RS_EVENTS: allowed always, changes no state */
    bool of_log;         /* needs a flash that can hold one */
    uint32_t needs;      /* set of tags that a request must bring, and no others */
    uint32_t or_needs;   /* or these */
    enum rs_refusal (*act)(struct rs_device *device, const struct rs_request *request);
};

static const struct rule rules[] = {
    {.command = RS_HELLO, .event = RS_EVENTS, .act = hello},
    {.command = RS_BATTERY, .event = RS_EVENTS, .act = battery},
    {.command = RS_BLINK, .event = RS_EVENTS, .needs = RS_BIT(RS_TAG_SECONDS), .act = blink},
    {.command = RS_CALIBRATION, .event = RS_EVENTS, .act = calibration},
    {.command = RS_CALIBRATE,
     .event = RS_EVENTS,
     .needs = RS_BIT(RS_TAG_ACC_CALIBRATION),
     .or_needs = RS_BIT(RS_TAG_GYR_CALIBRATION),
     .act = calibrate},
    {.command = RS_CONFIGURE, .event = RS_ON_CONFIGURE, .needs = WANTED, .act = configure},
    {.command = RS_START, .event = RS_ON_START, .act = start},
    {.command = RS_STOP, .event = RS_ON_STOP, .act = stop},
    {.command = RS_LOG_STATUS, .event = RS_EVENTS, .of_log = true, .act = log_status},
    {.command = RS_LOG_START, .event = RS_ON_LOG_START, .of_log = true, .needs = WANTED, .act = log_start},
    {.command = RS_LOG_STOP, .event = RS_ON_LOG_STOP, .act = log_stop},
    {.command = RS_LOG_READ,
     .event = RS_ON_READ,
     .of_log = true,
     .needs = RANGE | RS_BIT(RS_TAG_ALLOWED),
     .act = log_read},
    {.command = RS_LOG_CRC, .event = RS_ON_RANGE, .of_log = true, .needs = RANGE, .act = log_crc},
    {.command = RS_LOG_CONFIRM,
     .event = RS_ON_RANGE,
     .of_log = true,
     .needs = RANGE | RS_BIT(RS_TAG_CRC32),
     .act = log_confirm},
    {.command = RS_LOG_ERASE,
     .event = RS_ON_ERASE,
     .of_log = true,
     .needs = RS_BIT(RS_TAG_GENERATION),
     .act = log_erase},
};

static const struct rule *rule_of(uint8_t command) {
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        if (rules[i].command == command) {
            return &rules[i];
        }
    }
    return NULL;
}

/* Whether it may be done at all. */
static enum rs_refusal check(const struct rs_device *device, const struct rs_request *request,
                             const struct rule *rule) {
    if (!request->whole) {
        return RS_BAD_FIELD;
    }
    if (rule == NULL) {
        return RS_UNKNOWN_COMMAND;
    }
    if (request->has != rule->needs && (rule->or_needs == 0 || request->has != rule->or_needs)) {
        return RS_BAD_FIELD;
    }
    if (rule->event != RS_EVENTS && rs_state_after(device->state, (enum rs_event)rule->event) == RS_NOWHERE) {
        return RS_WRONG_STATE;
    }
    return rule->of_log && !device->has_log ? RS_FLASH_FAILED : RS_REFUSED_NOT;
}

/* LOG_START does too, but where a log can be read none can begin. */
static bool ends_reading(uint8_t event) { return event == RS_ON_START || event == RS_ON_ERASE; }

void rs_requests_do(struct rs_device *device, const struct rs_request *request) {
    const struct rule *rule = rule_of(request->command);
    rs_answer_begin(&device->answer, request);
    enum rs_refusal refusal = check(device, request, rule);
    if (refusal == RS_REFUSED_NOT) {
        refusal = rule->act(device, request);
    }
    if (refusal != RS_REFUSED_NOT) {
        rs_answer_refuse(&device->answer, refusal);
        if (refusal == RS_CHIP_FAILED) {
            device->copy.active = false;
            device->state = rs_state_after(device->state, RS_ON_FAILURE);
        }
    } else if (rule->event != RS_EVENTS) {
        device->copy.active = device->copy.active && !ends_reading(rule->event);
        device->state = rs_state_after(device->state, (enum rs_event)rule->event);
    }
    device->answer.due = !device->held;
}

/* What became of a log that was asked for. */
static void tell_begun(struct rs_device *device) {
    const struct rs_log_status log = rs_log_status(&device->log);
    if (!log.present) {
        rs_answer_refuse(&device->answer, device->failure);
        return;
    }
    tell_log_coding(device);
    rs_answer_number(&device->answer, RS_TAG_GENERATION, log.generation);
}

void rs_requests_release(struct rs_device *device) {
    if (!device->held || device->state == RS_BEGINNING || device->state == RS_ENDING) {
        return;
    }
    if (device->answer.command == RS_LOG_START) {
        tell_begun(device);
    }
    device->held = false;
    device->answer.due = true;
}

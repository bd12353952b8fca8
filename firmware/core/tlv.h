/* Requests and answers on CONTROL, as bytes: `id command field*` and `id command|80 refusal field*`. */
#ifndef RS_TLV_H
#define RS_TLV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RS_REQUEST_BYTES 20u
#define RS_ANSWER_HEAD_BYTES 3u
#define RS_SMALLEST_PAYLOAD 20u       /* of an MTU of 23; holds the head of an answer and the widest field */
#define RS_ANSWER_FIELDS_BYTES 72u    /* the answer to LOG_STATUS has 62 */

enum rs_command {
    RS_HELLO = 0x01,
    RS_BATTERY = 0x02,
    RS_BLINK = 0x03,
    RS_CALIBRATION = 0x04,
    RS_CALIBRATE = 0x05,
    RS_CONFIGURE = 0x10,
    RS_START = 0x11,
    RS_STOP = 0x12,
    RS_LOG_STATUS = 0x20,
    RS_LOG_START = 0x21,
    RS_LOG_STOP = 0x22,
    RS_LOG_READ = 0x23,
    RS_LOG_CRC = 0x24,
    RS_LOG_CONFIRM = 0x25,
    RS_LOG_ERASE = 0x26,
};

enum rs_tag {
    RS_TAG_PROTOCOL = 0x01,
    RS_TAG_STATE = 0x02,
    RS_TAG_BOOT_ID = 0x03,
    RS_TAG_TIME_US = 0x04,
    RS_TAG_PERCENT = 0x05,
    RS_TAG_MILLIVOLTS = 0x06,
    RS_TAG_SECONDS = 0x07,
    RS_TAG_RATE_HZ = 0x10,
    RS_TAG_ACC_RANGE_G = 0x11,
    RS_TAG_GYR_RANGE_DPS = 0x12,
    RS_TAG_SETTING = 0x13,
    RS_TAG_RATE_MHZ = 0x14,
    RS_TAG_ACC_SCALE = 0x15,
    RS_TAG_GYR_SCALE = 0x16,
    RS_TAG_USED = 0x20,
    RS_TAG_CAPACITY = 0x21,
    RS_TAG_GENERATION = 0x22,
    RS_TAG_CONFIRMED = 0x23,
    RS_TAG_OFFSET = 0x24,
    RS_TAG_LENGTH = 0x25,
    RS_TAG_ALLOWED = 0x26,
    RS_TAG_CRC32 = 0x27,
    RS_TAG_ACC_CALIBRATION = 0x30,
    RS_TAG_GYR_CALIBRATION = 0x31,
};

enum rs_refusal {
    RS_REFUSED_NOT = 0,
    RS_UNKNOWN_COMMAND = 1,
    RS_BAD_FIELD = 2,
    RS_WRONG_STATE = 3,
    RS_HAS_LOG = 4,
    RS_NO_LOG = 5,
    RS_OUT_OF_RANGE = 6,
    RS_CRC_MISMATCH = 7,
    RS_NOT_CONFIRMED = 8,
    RS_FLASH_FAILED = 9,
    RS_CHIP_FAILED = 10,
    RS_BATTERY_LOW = 11,
};

/* A tag's bit in a set of tags. */
#define RS_BIT(tag) (1u << (((unsigned)(tag) >> 4) * 8u + ((unsigned)(tag) & 7u)))

struct rs_request {
    uint8_t id;
    uint8_t command;
    bool whole;     /* every field is known, has its width and comes once */
    uint32_t has;   /* set of tags */
    uint8_t size;   /* of fields */
    uint8_t fields[RS_REQUEST_BYTES - 2u];
};

/* False for less than an id and a command: there is nobody to answer. */
bool rs_request_read(struct rs_request *request, const uint8_t *bytes, size_t count);

/* The bytes of a field's value, or null where a whole request does not have it. */
const uint8_t *rs_request_value(const struct rs_request *request, enum rs_tag tag);

/* A field as a number; 0 where the request does not have it. For fields of 1, 2 or 4 bytes. */
uint32_t rs_request_number(const struct rs_request *request, enum rs_tag tag);

struct rs_answer {
    uint8_t id;
    uint8_t command;
    uint8_t refusal;
    bool due;      /* not all of it is gone */
    uint8_t size;  /* of fields */
    uint8_t sent;  /* of them */
    uint8_t fields[RS_ANSWER_FIELDS_BYTES];
};

/* An answer without fields yet. Not due before `due` is set. */
void rs_answer_begin(struct rs_answer *answer, const struct rs_request *request);

/* Adds a number in the width of its tag. */
void rs_answer_number(struct rs_answer *answer, enum rs_tag tag, uint64_t value);

/* Adds a calibration: six numbers. */
void rs_answer_six(struct rs_answer *answer, enum rs_tag tag, const int16_t values[6]);

/* Refused: takes the fields back. */
void rs_answer_refuse(struct rs_answer *answer, enum rs_refusal refusal);

/* Writes the next notification: its size, at most `payload` and RS_ANSWER_HEAD_BYTES + RS_ANSWER_FIELDS_BYTES.
 * Smaller payloads than RS_SMALLEST_PAYLOAD do not exist. The same until `rs_answer_sent`. */
size_t rs_answer_piece(const struct rs_answer *answer, size_t payload, uint8_t *out);

/* A notification of this size was taken by the radio. */
void rs_answer_sent(struct rs_answer *answer, size_t size);

#endif

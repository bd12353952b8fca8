#include "tlv.h"

#include <string.h>

#include "bytes.h"

#define ANSWERS 0x80u
#define MORE_FOLLOWS 0x40u
#define COMMANDS 0x3fu
#define TAG_AND_LENGTH 2u
#define TAGS 32u

/* Bytes of each tag's value, by the place of its bit; 0: no such tag. */
static const uint8_t widths[TAGS] = {
    0, 1, 1, 4, 8, 1, 2, 1, /* 01 to 07 */
    2, 1, 2, 1, 4, 4, 4, 0, /* 10 to 16 */
    4, 4, 2, 4, 4, 4, 4, 4, /* 20 to 27 */
    12, 12,                 /* 30, 31 */
};

static uint8_t width_of(uint8_t tag) {
    const bool has_a_bit = (tag & 0x08u) == 0 && tag < 0x40u;
    return has_a_bit ? widths[(tag >> 4) * 8u + (tag & 7u)] : 0;
}

/* The tags of these fields; false where one is unknown, cut, of another width or comes twice. */
static bool find_fields(const uint8_t *fields, size_t size, uint32_t *has) {
    size_t at = 0;
    *has = 0;
    while (at < size) {
        const uint8_t width = width_of(fields[at]);
        if (width == 0 || size - at < TAG_AND_LENGTH + (size_t)width || fields[at + 1] != width ||
            (*has & RS_BIT(fields[at])) != 0) {
            return false;
        }
        *has |= RS_BIT(fields[at]);
        at += TAG_AND_LENGTH + width;
    }
    return true;
}

bool rs_request_read(struct rs_request *request, const uint8_t *bytes, size_t count) {
    if (count < 2) {
        return false;
    }
    memset(request, 0, sizeof *request);
    request->id = bytes[0];
    request->command = bytes[1];
    if (count <= RS_REQUEST_BYTES) {
        request->size = (uint8_t)(count - 2);
        memcpy(request->fields, bytes + 2, request->size);
        request->whole = find_fields(request->fields, request->size, &request->has);
    }
    return true;
}

const uint8_t *rs_request_value(const struct rs_request *request, enum rs_tag tag) {
    for (size_t at = 0; request->whole && at < request->size; at += TAG_AND_LENGTH + request->fields[at + 1]) {
        if (request->fields[at] == tag) {
            return request->fields + at + TAG_AND_LENGTH;
        }
    }
    return NULL;
}

uint32_t rs_request_number(const struct rs_request *request, enum rs_tag tag) {
    const uint8_t *value = rs_request_value(request, tag);
    if (value == NULL) {
        return 0;
    }
    switch (width_of((uint8_t)tag)) {
    case 1:
        return value[0];
    case 2:
        return rs_get_u16(value);
    default:
        return rs_get_u32(value);
    }
}

void rs_answer_begin(struct rs_answer *answer, const struct rs_request *request) {
    memset(answer, 0, sizeof *answer);
    answer->id = request->id;
    answer->command = request->command & COMMANDS;
}

/* Room for one more field's value. The table of what each command answers is fixed, and fits. */
static uint8_t *add(struct rs_answer *answer, enum rs_tag tag) {
    uint8_t *field = answer->fields + answer->size;
    field[0] = (uint8_t)tag;
    field[1] = width_of((uint8_t)tag);
    answer->size = (uint8_t)(answer->size + TAG_AND_LENGTH + field[1]);
    return field + TAG_AND_LENGTH;
}

void rs_answer_number(struct rs_answer *answer, enum rs_tag tag, uint64_t value) {
    uint8_t *out = add(answer, tag);
    for (uint8_t i = 0; i < width_of((uint8_t)tag); i++) {
        out[i] = (uint8_t)(value >> 8u * i & 0xffu);
    }
}

void rs_answer_six(struct rs_answer *answer, enum rs_tag tag, const int16_t values[6]) {
    uint8_t *out = add(answer, tag);
    for (size_t i = 0; i < 6; i++) {
        rs_put_i16(out + 2 * i, values[i]);
    }
}

void rs_answer_refuse(struct rs_answer *answer, enum rs_refusal refusal) {
    answer->refusal = (uint8_t)refusal;
    answer->size = 0;
}

size_t rs_answer_piece(const struct rs_answer *answer, size_t payload, uint8_t *out) {
    const size_t room = payload - RS_ANSWER_HEAD_BYTES;
    size_t size = 0;
    while (answer->sent + size < answer->size) {
        const size_t field = TAG_AND_LENGTH + (size_t)answer->fields[answer->sent + size + 1];
        if (size + field > room) {
            break;
        }
        size += field;
    }
    const bool more = answer->sent + size < answer->size;
    out[0] = answer->id;
    out[1] = (uint8_t)(answer->command | ANSWERS | (more ? MORE_FOLLOWS : 0u));
    out[2] = answer->refusal;
    memcpy(out + RS_ANSWER_HEAD_BYTES, answer->fields + answer->sent, size);
    return RS_ANSWER_HEAD_BYTES + size;
}

void rs_answer_sent(struct rs_answer *answer, size_t size) {
    answer->sent = (uint8_t)(answer->sent + size - RS_ANSWER_HEAD_BYTES);
    answer->due = answer->sent < answer->size;
}

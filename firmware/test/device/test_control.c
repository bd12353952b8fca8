/* Requests, answers, readings of the clock, the table of states, the battery. */
#include <string.h>

#include "charge.h"
#include "check.h"
#include "state.h"
#include "sync.h"
#include "tlv.h"

static bool reads(struct rs_request *request, const uint8_t *bytes, size_t count) {
    CHECK(rs_request_read(request, bytes, count));
    return request->whole;
}

static void test_a_request_is_read_field_by_field(void) {
    static const uint8_t bytes[] = {3, 0x10, 0x10, 2, 0xc8, 0, 0x11, 1, 0x10, 0x12, 2, 0xd0, 0x07};
    struct rs_request request;
    CHECK(reads(&request, bytes, sizeof bytes));
    CHECK(request.id == 3 && request.command == RS_CONFIGURE);
    CHECK(request.has == (RS_BIT(RS_TAG_RATE_HZ) | RS_BIT(RS_TAG_ACC_RANGE_G) | RS_BIT(RS_TAG_GYR_RANGE_DPS)));
    CHECK(rs_request_number(&request, RS_TAG_RATE_HZ) == 200);
    CHECK(rs_request_number(&request, RS_TAG_ACC_RANGE_G) == 16);
    CHECK(rs_request_number(&request, RS_TAG_GYR_RANGE_DPS) == 2000);
    CHECK(rs_request_value(&request, RS_TAG_OFFSET) == NULL);
    CHECK(rs_request_number(&request, RS_TAG_OFFSET) == 0);
    for (size_t kept = 3; kept < sizeof bytes; kept++) {
        const bool between_fields = kept == 6 || kept == 9;
        CHECK(reads(&request, bytes, kept) == between_fields);
    }
}

static void test_a_malformed_request_is_known_as_such(void) {
    static const uint8_t unknown[] = {1, 1, 0x7f, 1, 0};
    static const uint8_t no_tag[] = {1, 1, 0x08, 1, 0};
    static const uint8_t hole[] = {1, 1, 0x17, 1, 0};
    static const uint8_t wide[] = {1, 3, 0x07, 2, 0, 0};
    static const uint8_t twice[] = {1, 3, 0x07, 1, 9, 0x07, 1, 9};
    static const uint8_t narrow[] = {1, 3, 0x07, 0};
    struct rs_request request;
    CHECK(!reads(&request, unknown, sizeof unknown));
    CHECK(!reads(&request, no_tag, sizeof no_tag));
    CHECK(!reads(&request, hole, sizeof hole));
    CHECK(!reads(&request, wide, sizeof wide));
    CHECK(!reads(&request, narrow, sizeof narrow));
    CHECK(!reads(&request, twice, sizeof twice));
    CHECK(rs_request_value(&request, RS_TAG_SECONDS) == NULL);
    const uint8_t longer[RS_REQUEST_BYTES + 1] = {5, 1};
    CHECK(!reads(&request, longer, sizeof longer) && request.id == 5);
    CHECK(!rs_request_read(&request, unknown, 1));
    CHECK(!rs_request_read(&request, unknown, 0));
}

static void test_an_answer_comes_in_pieces_of_whole_fields(void) {
    static const uint8_t expected[3][20] = {
        {0x03, 0xd0, 0, 0x13, 1, 0x8d, 0x14, 4, 0x40, 0x0d, 0x03, 0, 0x15, 4, 0, 0x80, 0x38, 1},
        {0x03, 0xd0, 0, 0x16, 4, 0xa0, 0x80, 2, 0, 3, 4, 0x11, 0, 0, 0},
        {0x03, 0x90, 0, 4, 8, 0x70, 0x6f, 0x98, 0, 0, 0, 0, 0},
    };
    static const size_t sizes[3] = {18, 15, 13};
    static const struct rs_request request = {.id = 3, .command = RS_CONFIGURE};
    struct rs_answer answer;
    uint8_t piece[20];
    rs_answer_begin(&answer, &request);
    CHECK(!answer.due);
    rs_answer_number(&answer, RS_TAG_SETTING, 0x8d);
    rs_answer_number(&answer, RS_TAG_RATE_MHZ, 200000);
    rs_answer_number(&answer, RS_TAG_ACC_SCALE, 20480000);
    rs_answer_number(&answer, RS_TAG_GYR_SCALE, 164000);
    rs_answer_number(&answer, RS_TAG_BOOT_ID, 17);
    rs_answer_number(&answer, RS_TAG_TIME_US, 9990000);
    answer.due = true;
    for (size_t i = 0; i < 3; i++) {
        CHECK(answer.due);
        CHECK(rs_answer_piece(&answer, RS_SMALLEST_PAYLOAD, piece) == sizes[i]);
        CHECK(memcmp(piece, expected[i], sizes[i]) == 0);
        rs_answer_sent(&answer, sizes[i]);
    }
    CHECK(!answer.due);
}

static void test_a_refused_answer_has_no_fields(void) {
    static const struct rs_request request = {.id = 4, .command = RS_LOG_START};
    static const int16_t bias[6] = {1, -1, 2, -2, INT16_MAX, INT16_MIN};
    struct rs_answer answer;
    uint8_t piece[20];
    rs_answer_begin(&answer, &request);
    rs_answer_six(&answer, RS_TAG_ACC_CALIBRATION, bias);
    CHECK(rs_answer_piece(&answer, 20, piece) == 17 && piece[7] == 0xff && piece[9] == 2 && piece[16] == 0x80);
    rs_answer_refuse(&answer, RS_HAS_LOG);
    answer.due = true;
    CHECK(rs_answer_piece(&answer, 20, piece) == 3);
    CHECK(piece[0] == 4 && piece[1] == 0xa1 && piece[2] == 4);
    rs_answer_sent(&answer, 3);
    CHECK(!answer.due);
}

static void test_a_reading_tells_when_the_token_came_and_how_long_it_was_held(void) {
    static const uint8_t token[] = {9, 0, 0, 0};
    static const uint8_t expected[] = {9, 0, 0, 0, 0x11, 0, 0, 0, 0x80, 0x96, 0x98, 0, 0, 0, 0, 0, 0xe2, 4, 0, 0};
    struct rs_sync sync;
    uint8_t reply[RS_REPLY_BYTES];
    rs_sync_begin(&sync);
    CHECK(!rs_sync_reply(&sync, 17, 0, reply));
    rs_sync_sent(&sync); /* nothing was */
    CHECK(!rs_sync_take(&sync, token, 3, 0));
    CHECK(rs_sync_take(&sync, token, 4, 10000000));
    CHECK(rs_sync_reply(&sync, 17, 10001250, reply));
    CHECK(memcmp(reply, expected, sizeof expected) == 0);
    rs_sync_sent(&sync);
    CHECK(sync.count == 0);
}

static void test_tokens_wait_in_turn_and_too_many_are_dropped(void) {
    struct rs_sync sync;
    uint8_t reply[RS_REPLY_BYTES];
    rs_sync_begin(&sync);
    for (uint8_t i = 0; i < RS_TOKENS; i++) {
        const uint8_t token[] = {i, 0, 0, 0};
        CHECK(rs_sync_take(&sync, token, 4, i));
    }
    const uint8_t late[] = {99, 0, 0, 0};
    CHECK(!rs_sync_take(&sync, late, 4, 99));
    for (uint8_t i = 0; i < RS_TOKENS; i++) {
        CHECK(rs_sync_reply(&sync, 1, UINT64_MAX, reply) && reply[0] == i);
        CHECK(reply[19] == 0xff); /* held for longer than the field can say */
        rs_sync_sent(&sync);
    }
    CHECK(!rs_sync_reply(&sync, 1, 0, reply));
}

static void test_every_state_allows_what_the_page_says(void) {
    for (unsigned s = RS_IDLE; s < RS_STATES; s++) {
        const enum rs_state state = (enum rs_state)s;
        const bool idle = rs_state_told(state) == 0;
        static const enum rs_event needs_idle[] = {RS_ON_CONFIGURE, RS_ON_START, RS_ON_LOG_START,
                                                   RS_ON_READ,      RS_ON_RANGE, RS_ON_ERASE};
        for (size_t i = 0; i < sizeof needs_idle / sizeof needs_idle[0]; i++) {
            CHECK((rs_state_after(state, needs_idle[i]) != RS_NOWHERE) == idle);
        }
        CHECK(rs_state_after(state, RS_ON_STOP) != RS_NOWHERE);
        CHECK(rs_state_told(rs_state_after(state, RS_ON_LOG_STOP)) == (rs_state_told(state) == 1 ? 1 : 0));
        /* A stream ends with its connection, a log does not. */
        CHECK(rs_state_told(rs_state_after(state, RS_ON_HANGUP)) == (rs_state_told(state) == 2 ? 2 : 0));
        for (unsigned event = 0; event < RS_EVENTS; event++) {
            CHECK(rs_state_after(RS_NOWHERE, (enum rs_event)event) == RS_NOWHERE);
        }
    }
    CHECK(rs_state_after(RS_BEGINNING, RS_ON_SAMPLE) == RS_LOGGING);
    CHECK(rs_state_after(RS_ENDING, RS_ON_SENT) == RS_IDLE);
    CHECK(rs_state_after(RS_LOGGING, RS_ON_LOG_OVER) == RS_IDLE);
    CHECK(rs_state_after(RS_LOGGING, RS_ON_FAILURE) == RS_FAULT);
    CHECK(rs_state_after(RS_FAULT, RS_ON_START) == RS_STREAMING);
}

static struct rs_battery of_board(void *board) { return *(struct rs_battery *)board; }

static void test_a_moment_of_low_voltage_is_not_an_empty_battery(void) {
    struct rs_battery now = {50, 3800};
    const struct rs_panel panel = {&now, of_board, NULL};
    struct rs_charge charge;
    rs_charge_begin(&charge, &panel, 0);
    CHECK(!rs_charge_is_low(&charge) && !rs_charge_is_empty(&charge));
    now.millivolts = 3200;
    rs_charge_poll(&charge, &panel, RS_CHARGE_EVERY_US - 1); /* not yet time to read */
    CHECK(!rs_charge_is_low(&charge));
    rs_charge_poll(&charge, &panel, 1 * RS_CHARGE_EVERY_US);
    rs_charge_poll(&charge, &panel, 2 * RS_CHARGE_EVERY_US);
    CHECK(rs_charge_is_low(&charge) && !rs_charge_is_empty(&charge));
    now.millivolts = 3600;
    rs_charge_poll(&charge, &panel, 3 * RS_CHARGE_EVERY_US);
    now.millivolts = 3200;
    for (uint64_t i = 4; i < 9; i++) {
        CHECK(rs_charge_is_empty(&charge) == (i - 4 >= RS_CHARGE_READINGS));
        rs_charge_poll(&charge, &panel, i * RS_CHARGE_EVERY_US);
    }
    rs_charge_begin(&charge, &panel, 0);
    CHECK(rs_charge_is_empty(&charge)); /* at a start at once */
}

int main(void) {
    test_a_request_is_read_field_by_field();
    test_a_malformed_request_is_known_as_such();
    test_an_answer_comes_in_pieces_of_whole_fields();
    test_a_refused_answer_has_no_fields();
    test_a_reading_tells_when_the_token_came_and_how_long_it_was_held();
    test_tokens_wait_in_turn_and_too_many_are_dropped();
    test_every_state_allows_what_the_page_says();
    test_a_moment_of_low_voltage_is_not_an_empty_battery();
    return checks_failed > 0;
}

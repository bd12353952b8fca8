/* Frames, heads and settings are the bytes of the protocol page, and nothing else is taken for them. */
#include <string.h>

#include "check.h"
#include "crc.h"
#include "frame.h"
#include "setting.h"

static const struct rs_setting usual = {200, 16, 2000};

/* The page's worked examples. */
static const uint8_t two_samples[] = {0xa5, 0x28, 0x00, 0x00, 0x80, 0x96, 0x98, 0x00, 0x02, 0x8d, 0x00, 0x00,
                                      0x00, 0x08, 0xf0, 0xff, 0xa4, 0x00, 0x00, 0x00, 0x5c, 0xff, 0x01, 0x00,
                                      0x02, 0x08, 0xf1, 0xff, 0xaa, 0x00, 0xff, 0xff, 0x60, 0xff, 0x3f, 0x01};
static const uint8_t clipped[] = {0xa5, 0x22, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 0x13,
                                  0xff, 0x7f, 0xff, 0x7f, 0xff, 0xff, 0x81, 0x36};
static const uint8_t first_head[] = {0x5a, 0x20, 0x03, 0x00, 0x00, 0x00, 0x11, 0x00, 0x00, 0x00, 0x80, 0x96,
                                     0x98, 0x00, 0x00, 0x00, 0x00, 0x00, 0x8d, 0x00, 0x00, 0x00, 0x6e, 0xf3};

static void test_frames_are_the_bytes_of_the_page(void) {
    const struct rs_sample samples[] = {{{0, 2048, -16}, {164, 0, -164}}, {{1, 2050, -15}, {170, -1, -160}}};
    uint8_t counts[24], out[RS_FRAME_BYTES];
    CHECK(!rs_sample_put(counts, &samples[0], true));
    CHECK(!rs_sample_put(counts + 12, &samples[1], true));
    struct rs_frame frame = {RS_GAP, 0, 10000000, 2, usual, counts};
    CHECK(rs_frame_encode(out, sizeof out, &frame) == sizeof two_samples);
    CHECK(memcmp(out, two_samples, sizeof two_samples) == 0);

    const struct rs_sample at_the_end = {{32767, 32767, -1}, {0, 0, 0}};
    CHECK(rs_sample_put(counts, &at_the_end, false));
    const struct rs_frame alone = {RS_CLIPPED, 0xffff, 0xffffffff, 1, {800, 32, 0}, counts};
    CHECK(rs_frame_encode(out, sizeof out, &alone) == sizeof clipped);
    CHECK(memcmp(out, clipped, sizeof clipped) == 0);
}

static void test_a_gyroscope_that_is_off_does_not_clip(void) {
    uint8_t counts[12];
    const struct rs_sample turning = {{1, 2, 3}, {INT16_MIN, 0, 0}};
    CHECK(!rs_sample_put(counts, &turning, false));
    CHECK(rs_sample_put(counts, &turning, true));
}

static void test_what_is_no_frame_is_not_encoded(void) {
    uint8_t counts[RS_FRAME_COUNTS_BYTES + 12] = {0}, out[RS_FRAME_BYTES];
    struct rs_frame frame = {0, 0, 0, 0, usual, counts};
    CHECK(rs_frame_encode(out, sizeof out, &frame) == 0);
    frame.count = 42;
    CHECK(rs_frame_encode(out, sizeof out, &frame) == 0);
    frame.count = 41;
    CHECK(rs_frame_encode(out, sizeof out - 1, &frame) == 0);
    CHECK(rs_frame_encode(out, sizeof out, &frame) == RS_FRAME_BYTES);
}

static void test_frames_are_read_whole_or_not_at_all(void) {
    struct rs_frame frame;
    CHECK(rs_frame_decode(two_samples, sizeof two_samples, &frame) == RS_READ_WHOLE);
    CHECK(frame.flags == RS_GAP && frame.sequence == 0 && frame.time_us == 10000000 && frame.count == 2);
    CHECK(frame.setting.rate_hz == 200 && frame.setting.acc_range_g == 16 && frame.setting.gyr_range_dps == 2000);
    CHECK(frame.counts == two_samples + RS_FRAME_HEAD_BYTES);
    for (size_t kept = 0; kept < sizeof two_samples; kept++) {
        CHECK(rs_frame_decode(two_samples, kept, &frame) == RS_READ_MORE);
    }
    for (size_t bit = 0; bit < 8 * sizeof two_samples; bit++) {
        uint8_t spoilt[sizeof two_samples];
        memcpy(spoilt, two_samples, sizeof spoilt);
        spoilt[bit / 8] ^= (uint8_t)(1u << bit % 8);
        CHECK(rs_frame_decode(spoilt, sizeof spoilt, &frame) != RS_READ_WHOLE);
    }
}

static void test_an_impossible_frame_is_wrong_before_its_rest_has_come(void) {
    struct rs_frame frame;
    uint8_t head[RS_FRAME_HEAD_BYTES];
    memcpy(head, two_samples, sizeof head);
    head[8] = 42; /* more than 492 bytes */
    CHECK(rs_frame_decode(head, sizeof head, &frame) == RS_READ_WRONG);
    head[8] = 0;
    CHECK(rs_frame_decode(head, sizeof head, &frame) == RS_READ_WRONG);
    head[8] = 1;
    head[9] = 0xff;
    CHECK(rs_frame_decode(head, sizeof head, &frame) == RS_READ_WRONG);
    head[9] = two_samples[9];
    head[1] = 0x40; /* protocol 2 */
    CHECK(rs_frame_decode(head, sizeof head, &frame) == RS_READ_WRONG);
}

static void test_heads_are_the_bytes_of_the_page(void) {
    const struct rs_head head = {3, 0, 17, 10000000, usual};
    uint8_t out[RS_HEAD_BYTES];
    struct rs_head read;
    rs_head_encode(out, &head);
    CHECK(memcmp(out, first_head, sizeof first_head) == 0);
    CHECK(rs_head_decode(first_head, &read));
    CHECK(read.generation == 3 && read.sector == 0 && read.boot == 17 && read.time_us == 10000000);
    CHECK(read.setting.rate_hz == 200);
    for (size_t bit = 0; bit < 8 * sizeof out; bit++) {
        memcpy(out, first_head, sizeof out);
        out[bit / 8] ^= (uint8_t)(1u << bit % 8);
        CHECK(!rs_head_decode(out, &read));
    }
}

static void test_a_head_with_a_setting_that_is_none_is_refused(void) {
    uint8_t bytes[RS_HEAD_BYTES];
    struct rs_head read;
    memcpy(bytes, first_head, sizeof bytes);
    bytes[18] = 0xff;
    const uint16_t crc = rs_crc16(bytes, RS_HEAD_BYTES - 2);
    bytes[22] = (uint8_t)(crc & 0xffu);
    bytes[23] = (uint8_t)(crc >> 8);
    CHECK(!rs_head_decode(bytes, &read));
}

static void test_every_code_of_a_setting_comes_back(void) {
    unsigned codes = 0;
    for (unsigned code = 0; code < 256; code++) {
        struct rs_setting setting;
        if (rs_setting_of_code((uint8_t)code, &setting)) {
            codes++;
            CHECK(rs_setting_code(setting) == code);
            CHECK(rs_setting_axes(setting) == (code >> 5 == 0 ? 3 : 6));
        }
    }
    CHECK(codes == 4 * 5 * 6);
}

int main(void) {
    test_frames_are_the_bytes_of_the_page();
    test_a_gyroscope_that_is_off_does_not_clip();
    test_what_is_no_frame_is_not_encoded();
    test_frames_are_read_whole_or_not_at_all();
    test_an_impossible_frame_is_wrong_before_its_rest_has_come();
    test_heads_are_the_bytes_of_the_page();
    test_a_head_with_a_setting_that_is_none_is_refused();
    test_every_code_of_a_setting_comes_back();
    return checks_failed > 0;
}

/* Samples become frames, frames wait, and go out whole or in pieces. */
#include <string.h>

#include "check.h"
#include "framing.h"
#include "perfect_chip.h"
#include "stream.h"

static const struct rs_setting six = {200, 16, 2000};
static const struct rs_setting three = {200, 16, 0};

static void test_a_frame_holds_what_one_notification_holds(void) {
    CHECK(rs_framing_streamed(six, 244) == 19);
    CHECK(rs_framing_streamed(six, 24) == 1);
    CHECK(rs_framing_streamed(three, 20) == 1);
    CHECK(rs_framing_streamed(six, 20) == 6); /* cut into pieces */
    CHECK(rs_framing_streamed(six, 12) == 6);
    CHECK(rs_framing_streamed(six, 514) == 41);
    CHECK(rs_framing_logged(six) == 41 && rs_framing_logged(three) == 82);
}

static struct rs_batch add(struct rs_framing *framing, uint16_t count, uint8_t lost, uint64_t first_us) {
    struct rs_sample samples[16];
    const struct rs_batch batch = {count, lost, first_us};
    for (uint16_t i = 0; i < count; i++) {
        samples[i] = perfect_chip_sample(i);
    }
    rs_framing_add(framing, &batch, samples);
    return batch;
}

static struct rs_frame closed(struct rs_framing *framing) {
    struct rs_frame frame = {0};
    const size_t size = rs_framing_close(framing);
    CHECK(rs_frame_decode(framing->bytes, size, &frame) == RS_READ_WHOLE);
    return frame;
}

static void test_the_first_frame_says_gap_and_the_next_follows(void) {
    struct rs_framing framing;
    rs_framing_begin(&framing, six, 19);
    CHECK(rs_framing_close(&framing) == 0);
    add(&framing, 8, 0, 0x1fffffff0);
    add(&framing, 8, 0, 0x200000000);
    CHECK(rs_framing_room(&framing) == 3);
    struct rs_frame frame = closed(&framing);
    CHECK(frame.flags == RS_GAP && frame.sequence == 0 && frame.count == 16 && frame.time_us == 0xfffffff0);
    add(&framing, 1, 0, 5000);
    frame = closed(&framing);
    CHECK(frame.flags == 0 && frame.sequence == 1 && frame.count == 1 && frame.time_us == 5000);
}

static void test_a_frame_ends_where_samples_are_missing(void) {
    struct rs_framing framing;
    rs_framing_begin(&framing, six, 19);
    const struct rs_batch lossy = {4, RS_OVERFLOW, 1};
    const struct rs_batch whole = {4, 0, 1};
    CHECK(!rs_framing_breaks(&framing, &lossy)); /* nothing lies before */
    add(&framing, 4, 0, 1);
    CHECK(rs_framing_breaks(&framing, &lossy));
    CHECK(!rs_framing_breaks(&framing, &whole));
    CHECK(closed(&framing).flags == RS_GAP);
    add(&framing, 4, RS_OVERFLOW | RS_BUS_ERROR, 1);
    CHECK(closed(&framing).flags == (RS_OVERFLOW | RS_BUS_ERROR));
}

static void test_a_lost_frame_is_told_by_the_next_and_has_no_number(void) {
    struct rs_framing framing;
    rs_framing_begin(&framing, six, 19);
    add(&framing, 4, RS_BUS_ERROR, 1);
    framing.flags |= RS_CLIPPED;
    (void)closed(&framing);
    rs_framing_lose(&framing);
    add(&framing, 4, 0, 9);
    const struct rs_frame frame = closed(&framing);
    CHECK(frame.flags == (RS_GAP | RS_BUS_ERROR | RS_OVERFLOW));
    CHECK(frame.sequence == 0 && frame.time_us == 9);
}

static void test_a_count_at_the_end_of_its_range_marks_the_frame(void) {
    struct rs_framing framing;
    const struct rs_sample clipped = {{0, 0, 0}, {0, INT16_MAX, 0}};
    const struct rs_batch batch = {1, 0, 1};
    rs_framing_begin(&framing, six, 19);
    rs_framing_add(&framing, &batch, &clipped);
    CHECK(closed(&framing).flags == (RS_GAP | RS_CLIPPED));
}

static void test_a_full_ring_loses_what_is_new(void) {
    static struct rs_ring ring;
    uint8_t frame[RS_FRAME_BYTES + 1] = {0};
    size_t size = 0;
    rs_ring_begin(&ring);
    CHECK(rs_ring_oldest(&ring, &size) == NULL);
    rs_ring_drop(&ring);
    for (unsigned turn = 0; turn < 100; turn++) { /* round its end too */
        frame[0] = (uint8_t)turn;
        CHECK(rs_ring_put(&ring, frame, 10));
        if (turn >= 36) {
            rs_ring_drop(&ring);
        }
    }
    for (unsigned more = 0; ring.count < RS_RING_FRAMES; more++) {
        CHECK(rs_ring_put(&ring, frame, 10));
    }
    CHECK(!rs_ring_put(&ring, frame, 10) && ring.overflows == 1);
    CHECK(rs_ring_oldest(&ring, &size)[0] == 64 && size == 10);
    rs_ring_drop(&ring);
    CHECK(!rs_ring_put(&ring, frame, sizeof frame));
    CHECK(rs_ring_put(&ring, frame, 10));
}

static void test_a_long_frame_goes_in_pieces_and_each_is_kept_until_it_is_gone(void) {
    static struct rs_stream stream;
    uint8_t frame[50], out[50];
    size_t size = 0, got = 0;
    rs_stream_begin(&stream);
    CHECK(rs_stream_piece(&stream, 20, &size) == NULL);
    rs_stream_sent(&stream, 20); /* nothing was */
    for (size_t i = 0; i < sizeof frame; i++) {
        frame[i] = (uint8_t)i;
    }
    CHECK(rs_stream_put(&stream, frame, sizeof frame));
    CHECK(rs_stream_put(&stream, frame, 20));
    while (got < sizeof frame) {
        const uint8_t *piece = rs_stream_piece(&stream, 20, &size);
        CHECK(piece == rs_stream_piece(&stream, 20, &size));
        memcpy(out + got, piece, size);
        got += size;
        rs_stream_sent(&stream, size);
    }
    CHECK(memcmp(out, frame, sizeof frame) == 0);
    CHECK(*rs_stream_piece(&stream, 20, &size) == 0 && size == 20); /* a frame begins a notification */
    rs_stream_sent(&stream, size);
    CHECK(rs_stream_piece(&stream, 20, &size) == NULL);
}

int main(void) {
    test_a_frame_holds_what_one_notification_holds();
    test_the_first_frame_says_gap_and_the_next_follows();
    test_a_frame_ends_where_samples_are_missing();
    test_a_lost_frame_is_told_by_the_next_and_has_no_number();
    test_a_count_at_the_end_of_its_range_marks_the_frame();
    test_a_full_ring_loses_what_is_new();
    test_a_long_frame_goes_in_pieces_and_each_is_kept_until_it_is_gone();
    return checks_failed > 0;
}

/* A stream, from CONFIGURE to the answer to STOP. */
#include <string.h>

#include "bytes.h"
#include "check.h"
#include "setting.h"
#include "world.h"

static struct world world;
static uint8_t bytes[WORLD_NOTES * 256u];

static uint8_t configure(void) {
    return ASK(&world, NULL, 3, 0x10, 0x10, 2, 0xc8, 0, 0x11, 1, 16, 0x12, 2, 0xd0, 0x07);
}

static void begin(uint16_t payload) {
    world_make(&world);
    rs_device_connected(&world.device, payload);
    CHECK(configure() == 0);
    CHECK(ASK(&world, NULL, 4, 0x11) == 0);
}

/* What was found in the frames that were sent. */
struct found {
    unsigned frames, samples, flags, gaps_of_sequence;
    uint32_t first_us, last_us;
    bool in_order; /* every sample is the one after the sample before, within frames and between them */
};

static struct found frames(void) {
    struct found found = {.in_order = true};
    const size_t count = world_bytes(&world, RS_DATA, bytes, sizeof bytes);
    uint16_t sequence = 0;
    int16_t number = 0;
    struct rs_frame frame;
    for (size_t at = 0; at < count; at += rs_frame_bytes(&frame)) {
        const bool is_whole = rs_frame_decode(bytes + at, count - at, &frame) == RS_READ_WHOLE;
        CHECK(is_whole);
        if (!is_whole) {
            break;
        }
        const uint8_t size = rs_setting_sample_bytes(frame.setting);
        if (found.frames == 0) {
            number = rs_get_i16(frame.counts);
            found.first_us = frame.time_us;
        }
        found.gaps_of_sequence += frame.sequence != sequence;
        sequence = (uint16_t)(frame.sequence + 1u);
        found.frames++;
        found.samples += frame.count;
        found.flags |= frame.flags;
        found.last_us = frame.time_us;
        for (size_t i = 0; i < frame.count; i++) {
            found.in_order &= rs_get_i16(frame.counts + i * size) == number++;
        }
    }
    return found;
}

static void test_every_sample_of_a_stream_arrives(void) {
    begin(244);
    world_pass_ms(&world, 10000);
    CHECK(ASK(&world, NULL, 5, 0x12) == 0);
    const struct found found = frames();
    CHECK(found.samples == 2000 && found.frames == 106); /* 105 of 19 and one of 5 */
    CHECK(found.in_order && found.gaps_of_sequence == 0 && found.flags == RS_GAP);
    CHECK(found.first_us == 5000 && found.last_us == 5000 + 105 * 19 * 5000);
    const struct note *last = &world.notes[world.note_count - 1];
    CHECK(last->channel == RS_CONTROL && last->bytes[0] == 5); /* after the last frame */
    CHECK(world.device.state == RS_IDLE && !world.perfect.running);
}

static void test_frames_are_cut_where_not_one_sample_fits(void) {
    begin(20);
    world_pass_ms(&world, 1000);
    CHECK(ASK(&world, NULL, 5, 0x12) == 0);
    unsigned pieces = 0;
    for (uint32_t i = 0; i < world.note_count; i++) {
        CHECK(world.notes[i].size <= 20);
        pieces += world.notes[i].channel == RS_DATA;
    }
    CHECK(pieces == 33 * 5 + 2); /* 200 samples: 33 frames of 84 bytes, one of 36 */
    CHECK(frames().samples == 200 && frames().in_order);
}

static void test_the_accelerometer_alone_has_twice_as_many_samples_in_a_frame(void) {
    world_make(&world);
    rs_device_connected(&world.device, 244);
    CHECK(ASK(&world, NULL, 3, 0x10, 0x10, 2, 0x20, 3, 0x11, 1, 32, 0x12, 2, 0, 0) == 0);
    CHECK(ASK(&world, NULL, 4, 0x11) == 0);
    world_pass_ms(&world, 1000);
    CHECK(ASK(&world, NULL, 5, 0x12) == 0);
    CHECK(frames().samples == 800 && frames().frames == 800 / 38 + 1 && frames().in_order);
}

static void test_a_busy_radio_loses_nothing_that_the_ring_holds(void) {
    begin(244);
    world.buffers = 0;
    world_pass_ms(&world, 6000);
    CHECK(frames().frames == 0);
    world.buffers = UINT32_MAX;
    CHECK(ASK(&world, NULL, 5, 0x12) == 0);
    CHECK(frames().samples == 1200 && frames().in_order && frames().flags == RS_GAP);
}

static void test_a_full_ring_loses_the_newest_and_says_so(void) {
    begin(244);
    world.buffers = 0;
    world_pass_ms(&world, 8000); /* 84 frames, of which 64 fit */
    CHECK(world.device.stream.ring.overflows > 0);
    world.buffers = UINT32_MAX;
    world_pass_ms(&world, 1000);
    CHECK(ASK(&world, NULL, 5, 0x12) == 0);
    const struct found found = frames();
    CHECK(found.gaps_of_sequence == 0 && found.flags == (RS_GAP | RS_OVERFLOW));
    CHECK(!found.in_order);
    struct rs_frame frame;
    for (unsigned i = 0, at = 0; i < 65; i++, at += 240) {
        CHECK(rs_frame_decode(bytes + at, 240, &frame) == RS_READ_WHOLE);
        CHECK(frame.flags == (i == 0 ? RS_GAP : i == 64 ? RS_OVERFLOW : 0));
    }
    CHECK(frame.time_us > 8000000 - 95000); /* the first frame after the loss */
}

static void test_no_buffer_in_the_middle_of_a_frame_sends_no_byte_twice(void) {
    begin(20);
    for (unsigned i = 0; i < 300; i++) {
        world.buffers = i % 3;
        world_pass_ms(&world, 10);
    }
    world.buffers = UINT32_MAX;
    CHECK(ASK(&world, NULL, 5, 0x12) == 0);
    CHECK(frames().in_order && frames().samples == 600);
}

static void test_a_backlog_is_not_worked_off_in_one_go(void) {
    begin(24); /* one sample in a frame */
    world.now_us += 5000000;
    (void)rs_device_poll(&world.device, 0);
    CHECK(world.perfect.given == 512);
    world_pass_ms(&world, 20);
    CHECK(world.perfect.given == 1004);
}

static void test_lost_samples_end_a_frame(void) {
    begin(244);
    world_pass_ms(&world, 1000);
    world.perfect.overflows = true;
    world_pass_ms(&world, 1000);
    CHECK(ASK(&world, NULL, 5, 0x12) == 0);
    const struct found found = frames();
    CHECK(found.samples == 400 && found.in_order && found.flags == (RS_GAP | RS_OVERFLOW));
    CHECK(found.frames == 11 + 11); /* 10 full ones and a short one, twice */
}

static void test_clipped_samples_mark_their_frame(void) {
    begin(244);
    world.perfect.clips = true;
    world_pass_ms(&world, 1000);
    CHECK(ASK(&world, NULL, 5, 0x12) == 0);
    CHECK((frames().flags & RS_CLIPPED) != 0);
}

static void test_a_chip_that_stops_answering_is_started_again(void) {
    begin(244);
    world_pass_ms(&world, 1000);
    world.perfect.dead = true;
    world_pass_ms(&world, 3500);
    CHECK(world.light == RS_LIGHT_FAULT);
    CHECK(world.perfect.starts >= 3);
    world.perfect.dead = false;
    world_pass_ms(&world, 2500);
    CHECK(world.light == RS_DARK);
    CHECK(ASK(&world, NULL, 5, 0x12) == 0);
    CHECK(frames().flags == (RS_GAP | RS_BUS_ERROR) && frames().gaps_of_sequence == 0);
}

static void test_a_dead_chip_refuses_to_start_and_is_tried_again(void) {
    world_make(&world);
    world.perfect.dead = true;
    world_restart(&world);
    rs_device_connected(&world.device, 244);
    CHECK(world.device.state == RS_FAULT);
    CHECK(configure() == 0);
    CHECK(ASK(&world, NULL, 4, 0x11) == RS_CHIP_FAILED);
    world_pass_ms(&world, 10);
    CHECK(world.light == RS_LIGHT_FAULT);
    world.perfect.dead = false;
    CHECK(ASK(&world, NULL, 4, 0x11) == 0);
    world_pass_ms(&world, 1000);
    CHECK(ASK(&world, NULL, 5, 0x12) == 0);
    CHECK(frames().samples == 200);
    CHECK(world.device.state == RS_IDLE);
}

static void test_a_stream_ends_with_its_connection(void) {
    begin(244);
    world_pass_ms(&world, 1000);
    world.buffers = 0;
    world_pass_ms(&world, 1000);
    rs_device_disconnected(&world.device);
    CHECK(world.device.state == RS_IDLE && !world.perfect.running);
    world.buffers = UINT32_MAX;
    world_forget(&world);
    rs_device_connected(&world.device, 244);
    world_pass_ms(&world, 1000);
    CHECK(world.note_count == 0); /* what was not sent is dropped */
    CHECK(ASK(&world, NULL, 4, 0x11) == RS_WRONG_STATE); /* the host configures anew */
    CHECK(configure() == 0);
    CHECK(ASK(&world, NULL, 4, 0x11) == 0);
    world_pass_ms(&world, 1000);
    CHECK(ASK(&world, NULL, 5, 0x12) == 0);
    CHECK(frames().samples == 200 && frames().gaps_of_sequence == 0); /* sequence from 0 again */
}

static void test_a_stop_whose_answer_cannot_go_ends_with_the_connection(void) {
    begin(244);
    world_pass_ms(&world, 500);
    world.buffers = 0;
    world_write(&world, RS_CONTROL, "\x05\x12", 2);
    CHECK(world.device.state == RS_ENDING);
    world_write(&world, RS_CONTROL, "\x06\x01", 2); /* waits for the answer before it */
    rs_device_disconnected(&world.device);
    CHECK(world.device.state == RS_IDLE);
    world.buffers = UINT32_MAX;
    world_forget(&world);
    world_pass_ms(&world, 500);
    CHECK(world.note_count == 0);
    CHECK(rs_device_poll(&world.device, 0) == RS_REST_WAIT);
}

static void test_while_it_streams_it_does_nothing_else(void) {
    begin(244);
    world_pass_ms(&world, 100);
    CHECK(configure() == RS_WRONG_STATE);
    CHECK(ASK(&world, NULL, 4, 0x11) == RS_WRONG_STATE);
    CHECK(ASK(&world, NULL, 4, 0x21, 0x10, 2, 0xc8, 0, 0x11, 1, 16, 0x12, 2, 0xd0, 0x07) == RS_WRONG_STATE);
    CHECK(ASK(&world, NULL, 4, 0x26, 0x22, 2, 0, 0) == RS_WRONG_STATE);
    struct world_answer answer;
    CHECK(ASK(&world, &answer, 4, 0x20) == 0 && world_field(&answer, RS_TAG_STATE) == 1);
    CHECK(ASK(&world, NULL, 4, 0x22) == 0);
    CHECK(world.device.state == RS_STREAMING);
}

static void test_stop_without_a_stream_is_done(void) {
    world_make(&world);
    rs_device_connected(&world.device, 244);
    CHECK(ASK(&world, NULL, 5, 0x12) == 0);
}

static void test_a_low_battery_does_not_begin(void) {
    world_make(&world);
    rs_device_connected(&world.device, 244);
    CHECK(configure() == 0);
    world.battery.millivolts = 3400;
    world_pass_ms(&world, 1100);
    CHECK(ASK(&world, NULL, 4, 0x11) == RS_BATTERY_LOW);
    CHECK(world.device.state == RS_IDLE);
}

int main(void) {
    test_every_sample_of_a_stream_arrives();
    test_frames_are_cut_where_not_one_sample_fits();
    test_the_accelerometer_alone_has_twice_as_many_samples_in_a_frame();
    test_a_busy_radio_loses_nothing_that_the_ring_holds();
    test_a_full_ring_loses_the_newest_and_says_so();
    test_no_buffer_in_the_middle_of_a_frame_sends_no_byte_twice();
    test_a_backlog_is_not_worked_off_in_one_go();
    test_lost_samples_end_a_frame();
    test_clipped_samples_mark_their_frame();
    test_a_chip_that_stops_answering_is_started_again();
    test_a_dead_chip_refuses_to_start_and_is_tried_again();
    test_a_stream_ends_with_its_connection();
    test_a_stop_whose_answer_cannot_go_ends_with_the_connection();
    test_while_it_streams_it_does_nothing_else();
    test_stop_without_a_stream_is_done();
    test_a_low_battery_does_not_begin();
    return checks_failed > 0;
}

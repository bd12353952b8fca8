/* Instructions that the core takes for a sample at 800 Hz, six axes, on every chip: the FIFO emptied and decoded alone,
 * streamed in frames, and written to flash. What the board's functions take (bus, clock, flash, radio) is not counted;
 * they are the bench's here. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "rig.h"

#define CPU_HZ 160e6
#define MULTIPLE_WANTED 10
#define SECONDS 4u
#define SECTORS 64u

static struct {
    struct rig *rig;
    struct rs_bus bus, inner_bus;
    struct rs_clock clock, inner_clock;
    uint64_t began, core; /* instructions */
    uint32_t notes, frames_bytes;
    uint8_t flash[SECTORS * RS_SECTOR_BYTES];
} board;

static struct rs_device device;

static uint64_t instructions(void) {
    uint32_t high, low, again;
    do {
        __asm__ volatile("csrr %0, minstreth\n\tcsrr %1, minstret\n\tcsrr %2, minstreth"
                         : "=r"(high), "=r"(low), "=r"(again));
    } while (high != again);
    return (uint64_t)high << 32 | low;
}

static void enter_core(void) { board.began = instructions(); }

static void leave_core(void) { board.core += instructions() - board.began; }

/* The board's functions: time in them is the board's. */
static bool bus_read(void *inner, uint8_t reg, uint8_t *bytes, size_t count) {
    leave_core();
    const bool read = board.inner_bus.read(inner, reg, bytes, count);
    enter_core();
    return read;
}

static bool bus_write(void *inner, uint8_t reg, const uint8_t *bytes, size_t count) {
    leave_core();
    const bool written = board.inner_bus.write(inner, reg, bytes, count);
    enter_core();
    return written;
}

static uint64_t time_us(void *inner) {
    leave_core();
    const uint64_t now_us = board.inner_clock.time_us(inner);
    enter_core();
    return now_us;
}

static bool flash_read(void *inner, uint32_t address, void *bytes, size_t count) {
    leave_core();
    (void)inner;
    memcpy(bytes, board.flash + address, count);
    enter_core();
    return true;
}

static bool flash_write(void *inner, uint32_t address, const void *bytes, size_t count) {
    leave_core();
    (void)inner;
    for (size_t i = 0; i < count; i++) {
        board.flash[address + i] &= ((const uint8_t *)bytes)[i];
    }
    enter_core();
    return true;
}

static bool flash_erase(void *inner, uint32_t sector) {
    leave_core();
    (void)inner;
    memset(board.flash + sector * RS_SECTOR_BYTES, 0xff, RS_SECTOR_BYTES);
    enter_core();
    return true;
}

static bool notify(void *inner, enum rs_channel channel, const uint8_t *bytes, size_t count) {
    leave_core();
    (void)inner;
    (void)bytes;
    board.notes++;
    board.frames_bytes += channel == RS_DATA ? (uint32_t)count : 0;
    enter_core();
    return true;
}

static struct rs_battery battery(void *inner) {
    (void)inner;
    return (struct rs_battery){80, 4000};
}

static void light(void *inner, enum rs_light light) {
    (void)inner;
    (void)light;
}

static const struct rs_hal *hal(void) {
    static struct rs_hal hal;
    hal = (struct rs_hal){
        .clock = board.clock,
        .flash = {&board, SECTORS, flash_read, flash_write, flash_erase},
        .bus = board.bus,
        .radio = {&board, notify},
        .panel = {&board, battery, light},
    };
    return &hal;
}

static void make(int which) {
    board.rig = rig_of(which);
    board.inner_bus = board.rig->bench.bus;
    board.inner_clock = board.rig->bench.clock;
    board.bus = board.inner_bus;
    board.bus.read = bus_read;
    board.bus.write = bus_write;
    board.clock = (struct rs_clock){board.inner_clock.board, time_us};
    sampler_of(board.rig)->bus = &board.bus;
    sampler_of(board.rig)->board = &board.clock;
    memset(board.flash, 0xff, sizeof board.flash);
    board.notes = board.frames_bytes = 0;
}

/* Waits until the watermark is reached. */
static uint64_t wait(void) {
    struct bench *bench = &board.rig->bench;
    for (unsigned i = 0; i < 100 && !bench->interrupt; i++) {
        bench_pass(bench, 2000);
    }
    bench->interrupt = false;
    return (uint64_t)bench->interrupt_us;
}

static uint32_t decode_for(uint32_t ms) {
    static struct rs_sample samples[64];
    uint32_t got = 0;
    const double until = board.rig->bench.now_us + ms * 1e3;
    while (board.rig->bench.now_us < until) {
        const uint64_t at = wait();
        struct rs_batch batch;
        do {
            enter_core();
            batch = board.rig->chip.driver->take(&board.rig->chip, samples, 64, at);
            leave_core();
            got += batch.count;
        } while (batch.count > 0);
    }
    return got;
}

static uint32_t poll_for(uint32_t ms) {
    const uint32_t made = board.rig->bench.made;
    const double until = board.rig->bench.now_us + ms * 1e3;
    while (board.rig->bench.now_us < until) {
        uint64_t at = wait();
        enum rs_rest rest;
        do {
            enter_core();
            rest = rs_device_poll(&device, at);
            leave_core();
            at = 0;
        } while (rest == RS_REST_NOT);
    }
    return board.rig->bench.made - made;
}

static void ask(const uint8_t *request, size_t count) {
    rs_device_write(&device, RS_CONTROL, request, count, (uint64_t)board.rig->bench.now_us);
    poll_for(200);
}

#define ASK(...) ask((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

/* Prints a line of the table; false where the core is too slow. */
static bool tell(const char *model, const char *what, uint32_t samples) {
    const double each = (double)board.core / samples;
    const double rate_hz = board.rig->chip.driver->scales(&board.rig->chip, setting(800, 16, 2000)).rate_mhz / 1e3;
    const double multiple = CPU_HZ / (each * rate_hz);
    printf("%s,%s,%lu,%.0f,%.0f\n", model, what, (unsigned long)samples, each, multiple);
    return samples > SECONDS * 700 && multiple >= MULTIPLE_WANTED;
}

static bool decoding(int which, const char **model) {
    make(which);
    *model = board.rig->chip.driver->model;
    bool good = rig_start(board.rig, setting(800, 16, 2000));
    (void)decode_for(500);
    board.core = 0;
    const uint32_t got = decode_for(SECONDS * 1000);
    good &= tell(*model, "FIFO", got);
    free(board.rig);
    return good;
}

static bool streaming(int which, const char *model) {
    make(which);
    rs_device_begin(&device, hal(), &board.rig->chip);
    rs_device_connected(&device, 244);
    ASK(1, RS_CONFIGURE, 0x10, 2, 0x20, 3, 0x11, 1, 16, 0x12, 2, 0xd0, 7);
    ASK(2, RS_START);
    board.core = 0;
    board.frames_bytes = 0;
    const uint32_t samples = poll_for(SECONDS * 1000);
    bool good = tell(model, "FIFO to notifications", samples);
    good &= board.frames_bytes > samples * 12u; /* they were sent */
    free(board.rig);
    return good;
}

static bool logging(int which, const char *model) {
    make(which);
    rs_device_begin(&device, hal(), &board.rig->chip);
    rs_device_connected(&device, 244);
    ASK(1, RS_LOG_START, 0x10, 2, 0x20, 3, 0x11, 1, 16, 0x12, 2, 0xd0, 7);
    board.core = 0;
    const uint32_t before = rs_log_status(&device.log).used, samples = poll_for(SECONDS * 1000);
    bool good = tell(model, "FIFO to flash", samples);
    good &= rs_log_status(&device.log).used - before > samples * 11u;
    free(board.rig);
    return good;
}

int main(void) {
    bool good = true;
    printf("chip,way,samples,instructions a sample,times real time at 160 MHz\n");
    for (int which = 0; which < CHIPS; which++) {
        const char *model;
        good &= decoding(which, &model);
        good &= streaming(which, model);
        good &= logging(which, model);
    }
    return good ? 0 : 1;
}

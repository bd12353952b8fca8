/* Power is cut at every byte of every write and erase of two logs' lives. Whatever is left, a restart finds
 * all that was acknowledged, at most the one thing more that was being done, and goes on from there. */
#include <string.h>

#include "check.h"
#include "flash_frames.h"
#include "flash_model.h"

#define SECTORS 8u
#define GO_ON_EVERY 7u       /* cuts after which life goes on for a while */
#define CUT_AGAIN_EVERY 997u /* cuts after which the restart is cut too */

/* What was acknowledged. */
struct promise {
    uint8_t phase;
    uint16_t generation;
    uint32_t frames;
    uint32_t confirmed;
    uint32_t boot;
    int16_t calibration;
};

struct world {
    struct flash_model flash;
    struct flash_model left; /* what a power cut left, to restart from */
    struct flash_model left_again;
    struct rs_kept kept;
    struct rs_log log;
    struct rs_setting setting;
    struct promise before, after; /* the operation that is being done */
    uint32_t cuts, cuts_again, gone_on;
};

static bool is(const struct promise *promise, const struct rs_kept *kept, const struct rs_log *log,
               uint32_t frames) {
    return log->state.phase == promise->phase && log->state.generation == promise->generation &&
           frames == promise->frames && log->state.confirmed == promise->confirmed &&
           kept->values.acc[3] == promise->calibration;
}

static void check_sound(const struct flash_model *flash) {
    CHECK(flash->overwritten == 0);
    CHECK(flash->guarded_erased == 0);
}

/* Restarts; true if all is as promised before or after the operation. */
static bool restart(const struct world *world, struct flash_model *flash, struct rs_kept *kept,
                    struct rs_log *log) {
    bool begun = rs_kept_begin(kept, &flash->hal) && rs_log_begin(log, &flash->hal, kept);
    struct flash_found found = flash_frames_find(log);
    bool in_order = found.changed == 0 && found.disordered == 0 && found.misplaced == 0 && found.first == 0;
    return begun && in_order && kept->values.boot > world->before.boot &&
           (is(&world->before, kept, log, found.frames) || is(&world->after, kept, log, found.frames));
}

static void release(struct flash_model *flash) {
    for (uint32_t i = 0; i < flash->hal.sectors; i++) {
        flash->sector[i].guarded = false;
    }
}

/* A log that was running takes a frame, with the new boot in a sector of its own. */
static void go_on_logging(const struct world *world, struct rs_log *log) {
    uint8_t frame[RS_FRAME_BYTES];
    uint32_t frames = flash_frames_find(log).frames;
    size_t count = flash_frame_make(frame, (uint16_t)frames, world->setting, 4);
    enum rs_log_result result = rs_log_append(log, frame, count, 77);
    struct flash_found found = flash_frames_find(log);
    if (result == RS_LOG_DONE) {
        CHECK(found.frames == frames + 1 && found.last_boot == log->boot && found.last_head_us == 77);
    } else {
        CHECK(result == RS_LOG_FULL && found.frames == frames && log->state.sectors == log->capacity);
    }
    CHECK(found.changed == 0 && found.disordered == 0 && found.misplaced == 0);
    CHECK(rs_log_stop(log) == RS_LOG_DONE);
}

static void go_on_copying(struct rs_log *log) {
    while (log->state.confirmed < log->state.used) {
        uint32_t at = log->state.confirmed, rest = log->state.used - at, crc;
        uint32_t count = rest < RS_LOG_RANGE_BYTES ? rest : RS_LOG_RANGE_BYTES;
        CHECK(rs_log_crc(log, at, count, &crc) == RS_LOG_DONE);
        const bool is_confirmed = rs_log_confirm(log, at, count, crc) == RS_LOG_DONE;
        CHECK(is_confirmed);
        if (!is_confirmed) {
            return;
        }
    }
}

/* Whatever there is is ended, copied and erased, and a new log begun. */
static void go_on(const struct world *world, struct flash_model *flash, struct rs_log *log) {
    if (log->state.phase == RS_LOG_RUNNING) {
        go_on_logging(world, log);
    }
    if (log->state.phase == RS_LOG_ENDED) {
        go_on_copying(log);
        release(flash);
        CHECK(rs_log_erase(log, log->state.generation) == RS_LOG_DONE);
    }
    release(flash);
    while (rs_log_poll(log)) {
    }
    for (uint32_t i = 0; i < log->capacity; i++) {
        CHECK(flash_model_programmed(flash, i) == 0);
    }
    CHECK(rs_log_start(log, world->setting, log->boot, 5) == RS_LOG_DONE);
    CHECK(flash_frames_find(log).heads == 1 && flash_frames_find(log).frames == 0);
}

static void power_lost_again(void *witness, const struct flash_model *left) {
    struct world *world = witness;
    struct rs_kept kept;
    struct rs_log log;
    world->cuts_again++;
    flash_model_copy(&world->left_again, left);
    CHECK(restart(world, &world->left_again, &kept, &log));
    check_sound(&world->left_again);
}

static void power_lost(void *witness, const struct flash_model *left) {
    struct world *world = witness;
    struct rs_kept kept;
    struct rs_log log;
    uint32_t cut = world->cuts++;
    flash_model_copy(&world->left, left);
    if (cut % CUT_AGAIN_EVERY == 0) {
        world->left.cut = power_lost_again;
    }
    bool good = restart(world, &world->left, &kept, &log);
    CHECK(good);
    world->left.cut = NULL;
    if (good && cut % GO_ON_EVERY == 0) {
        world->gone_on++;
        go_on(world, &world->left, &log);
    }
    check_sound(&world->left);
}

static void done(struct world *world) { world->before = world->after; }

static void guard(struct world *world) {
    const struct rs_log *log = &world->log;
    for (uint32_t i = 0; i < log->state.sectors; i++) {
        world->flash.sector[(log->state.first + i) % log->capacity].guarded = true;
    }
}

static void switch_on(struct world *world) {
    CHECK(rs_kept_begin(&world->kept, &world->flash.hal));
    CHECK(rs_log_begin(&world->log, &world->flash.hal, &world->kept));
    world->after.boot = world->kept.values.boot;
    done(world);
}

static void calibrate(struct world *world, int16_t value) {
    struct rs_kept_values values = world->kept.values;
    values.acc[3] = value;
    world->after.calibration = value;
    CHECK(rs_kept_put(&world->kept, &values));
    done(world);
}

static void start(struct world *world, struct rs_setting setting) {
    world->setting = setting;
    world->after.phase = RS_LOG_RUNNING;
    CHECK(rs_log_start(&world->log, setting, world->kept.values.boot, 1000) == RS_LOG_DONE);
    done(world);
}

static enum rs_log_result append(struct world *world, uint8_t samples) {
    uint8_t frame[RS_FRAME_BYTES];
    size_t count = flash_frame_make(frame, (uint16_t)world->before.frames, world->setting, samples);
    bool full =
        world->log.state.sectors == world->log.capacity && world->log.position + count > RS_SECTOR_BYTES;
    world->after.frames += !full;
    world->after.phase = full ? RS_LOG_ENDED : RS_LOG_RUNNING;
    enum rs_log_result result = rs_log_append(&world->log, frame, count, world->before.frames * 205000u);
    CHECK(result == (full ? RS_LOG_FULL : RS_LOG_DONE));
    guard(world);
    done(world);
    return result;
}

static void stop(struct world *world) {
    world->after.phase = RS_LOG_ENDED;
    CHECK(rs_log_stop(&world->log) == RS_LOG_DONE);
    done(world);
}

static void confirm(struct world *world, uint32_t count) {
    uint32_t crc;
    CHECK(rs_log_crc(&world->log, world->before.confirmed, count, &crc) == RS_LOG_DONE);
    world->after.confirmed += count;
    CHECK(rs_log_confirm(&world->log, world->before.confirmed, count, crc) == RS_LOG_DONE);
    done(world);
}

static void erase(struct world *world) {
    world->after.phase = RS_LOG_EMPTY;
    world->after.generation++;
    world->after.frames = 0;
    world->after.confirmed = 0;
    CHECK(rs_log_erase(&world->log, world->before.generation) == RS_LOG_DONE);
    release(&world->flash);
    done(world);
}

static void one_log_after_another(struct world *world) {
    start(world, flash_six_axes);
    for (unsigned i = 0; i < 9; i++) {
        CHECK(append(world, FLASH_FULL_FRAME) == RS_LOG_DONE);
    }
    CHECK(append(world, 5) == RS_LOG_DONE);
    stop(world);
    confirm(world, 4096);
    calibrate(world, -7);
    confirm(world, world->log.state.used - 4096);
    erase(world);
    CHECK(rs_log_poll(&world->log)); /* one of two */

    start(world, flash_three_axes); /* over the end of the ring, and on to what was not erased yet */
    enum rs_log_result result;
    do {
        result = append(world, 82);
    } while (result == RS_LOG_DONE);
    CHECK(result == RS_LOG_FULL && world->before.frames == 8 * (SECTORS - RS_KEPT_SECTORS));
    confirm(world, world->log.state.used);
    erase(world);
    while (rs_log_poll(&world->log)) {
    }
    for (int16_t value = 0; value < 50; value++) { /* to the end of the kept values' sector and beyond */
        calibrate(world, value);
    }
}

int main(void) {
    static struct world world;
    flash_model_make(&world.flash, SECTORS);
    flash_model_make(&world.left, SECTORS);
    flash_model_make(&world.left_again, SECTORS);
    world.before.phase = world.after.phase = RS_LOG_EMPTY;
    world.flash.cut = power_lost;
    world.flash.witness = world.left.witness = &world;
    switch_on(&world);
    one_log_after_another(&world);
    check_sound(&world.flash);
    CHECK(world.cuts > 60000);
    printf("power cut %u times in %u writes and %u erases; %u restarts cut again; life went on after %u\n",
           world.cuts, world.flash.writes, world.flash.erases, world.cuts_again, world.gone_on);
    flash_model_free(&world.flash);
    flash_model_free(&world.left);
    flash_model_free(&world.left_again);
    return checks_failed > 0;
}

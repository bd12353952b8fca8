#include "flash_sensor.h"

#include <string.h>

#include "flash_frames.h"

bool sensor_unpack(struct sensor *sensor, uint32_t sectors) {
    memset(sensor, 0, sizeof *sensor);
    flash_model_make(&sensor->flash, sectors);
    if (!sensor_restart(sensor)) {
        return false;
    }
    while (rs_log_poll(&sensor->log)) {
    }
    flash_model_reset_counts(&sensor->flash);
    return true;
}

bool sensor_put_away(struct sensor *sensor) {
    flash_model_free(&sensor->flash);
    return sensor->flash.overwritten == 0 && sensor->flash.guarded_erased == 0;
}

bool sensor_restart(struct sensor *sensor) {
    return rs_kept_begin(&sensor->kept, &sensor->flash.hal) &&
           rs_log_begin(&sensor->log, &sensor->flash.hal, &sensor->kept);
}

enum rs_log_result sensor_start(struct sensor *sensor) {
    sensor->sequence = 0;
    return rs_log_start(&sensor->log, flash_six_axes, sensor->kept.values.boot, 1000000);
}

enum rs_log_result sensor_append(struct sensor *sensor) {
    uint8_t frame[RS_FRAME_BYTES];
    size_t count = flash_frame_make(frame, sensor->sequence, flash_six_axes, FLASH_FULL_FRAME);
    enum rs_log_result result = rs_log_append(&sensor->log, frame, count, sensor->sequence * 205000u);
    sensor->sequence = (uint16_t)(sensor->sequence + (result == RS_LOG_DONE));
    return result;
}

bool sensor_append_all(struct sensor *sensor, unsigned frames) {
    for (unsigned i = 0; i < frames; i++) {
        if (sensor_append(sensor) != RS_LOG_DONE) {
            return false;
        }
    }
    return true;
}

bool sensor_confirm_all(struct sensor *sensor) {
    const struct rs_log_state *state = &sensor->log.state;
    while (state->confirmed < state->used) {
        uint32_t at = state->confirmed, rest = state->used - at, crc = 0;
        uint32_t count = rest < RS_LOG_RANGE_BYTES ? rest : RS_LOG_RANGE_BYTES;
        if (rs_log_crc(&sensor->log, at, count, &crc) != RS_LOG_DONE ||
            rs_log_confirm(&sensor->log, at, count, crc) != RS_LOG_DONE) {
            return false;
        }
    }
    return true;
}

bool sensor_erase(struct sensor *sensor) {
    return rs_log_erase(&sensor->log, sensor->log.state.generation) == RS_LOG_DONE;
}

bool sensor_holds(const struct sensor *sensor, uint32_t frames) {
    struct flash_found found = flash_frames_find(&sensor->log);
    return found.frames == frames && found.changed == 0 && found.disordered == 0 && found.misplaced == 0;
}

#include "blink.h"

/* So many flashes of this length, as far apart, then dark until the next round; a round of 0 ms comes only once. */
struct pattern {
    uint16_t flashes;
    uint16_t flash_ms;
    uint16_t apart_ms;
    uint16_t round_ms;
};

static const struct pattern patterns[RS_LIGHTS] = {
    [RS_BLINKING] = {1, 100, 0, 200},
    [RS_LIGHT_LOGGING] = {1, 30, 0, 3000}, /* seen in the dark, nothing to the battery */
    [RS_LIGHT_FULL] = {2, 100, 200, 3000},
    [RS_LIGHT_FAULT] = {3, 100, 200, 3000},
    [RS_LIGHT_AWAKE] = {1, 1000, 0, 0},
    [RS_LIGHT_UPDATE] = {1, 500, 0, 1000},
};

struct rs_lit rs_blink(enum rs_light light, uint64_t passed_ms) {
    const struct pattern *pattern = &patterns[light];
    const uint32_t step_ms = (uint32_t)pattern->flash_ms + pattern->apart_ms;
    const uint32_t shown_ms = step_ms * pattern->flashes;
    const bool again = pattern->round_ms > 0;
    if (!again && passed_ms >= shown_ms) {
        return (struct rs_lit){false, 0};
    }
    const uint32_t at_ms = (uint32_t)(again ? passed_ms % pattern->round_ms : passed_ms);
    if (at_ms >= shown_ms) {
        return (struct rs_lit){false, pattern->round_ms - at_ms};
    }
    const uint32_t in_step_ms = at_ms % step_ms;
    return in_step_ms < pattern->flash_ms ? (struct rs_lit){true, pattern->flash_ms - in_step_ms}
                                          : (struct rs_lit){false, step_ms - in_step_ms};
}

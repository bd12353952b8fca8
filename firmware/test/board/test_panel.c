/* Light, battery and button, as a person sees them. */
#include "blink.h"
#include "button.h"
#include "cell.h"
#include "check.h"

/* How often it goes on in so many ms, and how long it is on. */
struct seen {
    unsigned flashes;
    unsigned on_ms;
};

static struct seen watch(enum rs_light light, uint64_t from_ms, uint64_t ms) {
    struct seen seen = {0, 0};
    bool on = false;
    for (uint64_t at = from_ms; at < from_ms + ms; at++) {
        const struct rs_lit lit = rs_blink(light, at);
        seen.flashes += lit.on && !on;
        seen.on_ms += lit.on;
        on = lit.on;
    }
    return seen;
}

static void test_every_pattern_is_told_from_every_other(void) {
    static const struct seen expected[RS_LIGHTS] = {
        [RS_DARK] = {0, 0},           [RS_BLINKING] = {30, 3000},     [RS_LIGHT_LOGGING] = {2, 60},
        [RS_LIGHT_FULL] = {4, 400},   [RS_LIGHT_FAULT] = {6, 600},    [RS_LIGHT_AWAKE] = {1, 1000},
        [RS_LIGHT_UPDATE] = {6, 3000},
    };
    for (int light = 0; light < RS_LIGHTS; light++) {
        const struct seen seen = watch((enum rs_light)light, 0, 6000);
        CHECK(seen.flashes == expected[light].flashes && seen.on_ms == expected[light].on_ms);
    }
}

static void test_a_pattern_goes_on_for_days(void) {
    const uint64_t week_ms = UINT64_C(604800000);
    CHECK(watch(RS_LIGHT_FULL, week_ms, 3000).flashes == 2);
    CHECK(watch(RS_LIGHT_AWAKE, week_ms, 3000).flashes == 0);
}

/* A timer that wakes only when the light changes shows the same as one that looks every ms. */
static void test_it_says_when_it_changes(void) {
    for (int light = 0; light < RS_LIGHTS; light++) {
        uint64_t at_ms = 0;
        while (at_ms < 7000) {
            const struct rs_lit lit = rs_blink((enum rs_light)light, at_ms);
            const uint64_t until_ms = lit.for_ms == 0 ? 7000 : at_ms + lit.for_ms;
            for (; at_ms < until_ms; at_ms++) {
                CHECK(rs_blink((enum rs_light)light, at_ms).on == lit.on);
            }
        }
    }
}

static void test_a_cell_is_full_half_and_empty(void) {
    CHECK(rs_cell_percent(0) == 0 && rs_cell_percent(3300) == 0);
    CHECK(rs_cell_percent(3500) == 10);
    CHECK(rs_cell_percent(3770) == 50 && rs_cell_percent(3795) == 55);
    CHECK(rs_cell_percent(4180) == 100 && rs_cell_percent(65535) == 100);
    for (uint16_t mv = 3200; mv < 4300; mv++) {
        CHECK(rs_cell_percent(mv) <= rs_cell_percent((uint16_t)(mv + 1)));
    }
}

/* Holds it for so long, asking every 100 ms; what was told, and the last answer after letting go. */
struct told {
    unsigned updates, offs;
};

static struct told hold(struct rs_button *button, uint64_t from_us, uint64_t us) {
    struct told told = {0, 0};
    for (uint64_t passed = 0; passed <= us; passed += 100000) {
        const enum rs_press press = rs_button_poll(button, passed < us, from_us + passed);
        told.updates += press == RS_PRESS_UPDATE;
        told.offs += press == RS_PRESS_OFF;
    }
    return told;
}

static void test_three_seconds_turn_off_and_eight_open_for_an_update(void) {
    struct rs_button button;
    rs_button_begin(&button, false);
    struct told told = hold(&button, 1000000, 2900000);
    CHECK(told.offs == 0 && told.updates == 0);
    told = hold(&button, 10000000, 3000000);
    CHECK(told.offs == 1 && told.updates == 0);
    told = hold(&button, 20000000, 7900000);
    CHECK(told.offs == 1 && told.updates == 0);
    told = hold(&button, 30000000, 20000000);
    CHECK(told.offs == 0 && told.updates == 1);
    CHECK(rs_button_poll(&button, false, 60000000) == RS_PRESS_NONE);
}

static void test_the_press_that_woke_it_does_not_turn_it_off(void) {
    struct rs_button button;
    rs_button_begin(&button, true);
    struct told told = hold(&button, 0, 12000000);
    CHECK(told.offs == 0 && told.updates == 0);
    told = hold(&button, 20000000, 4000000);
    CHECK(told.offs == 1);
}

int main(void) {
    test_every_pattern_is_told_from_every_other();
    test_a_pattern_goes_on_for_days();
    test_it_says_when_it_changes();
    test_a_cell_is_full_half_and_empty();
    test_three_seconds_turn_off_and_eight_open_for_an_update();
    test_the_press_that_woke_it_does_not_turn_it_off();
    return checks_failed ? 1 : 0;
}

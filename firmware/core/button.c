#include "button.h"

void rs_button_begin(struct rs_button *button, bool down) {
    *button = (struct rs_button){.down = down, .wakes = down};
}

enum rs_press rs_button_poll(struct rs_button *button, bool down, uint64_t now_us) {
    const bool was_down = button->down;
    button->down = down;
    if (down && !was_down) {
        button->since_us = now_us;
        button->told = false;
        button->wakes = false;
    }
    if (!was_down || button->wakes || button->told) {
        return RS_PRESS_NONE;
    }
    const uint64_t held_us = now_us - button->since_us;
    if (held_us >= RS_BUTTON_UPDATE_US) {
        button->told = true;
        return RS_PRESS_UPDATE;
    }
    return !down && held_us >= RS_BUTTON_OFF_US ? RS_PRESS_OFF : RS_PRESS_NONE;
}

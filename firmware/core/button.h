/* The one button: three seconds turn the sensor off, eight open it for new firmware. */
#ifndef RS_BUTTON_H
#define RS_BUTTON_H

#include <stdbool.h>
#include <stdint.h>

#define RS_BUTTON_OFF_US 3000000u
#define RS_BUTTON_UPDATE_US 8000000u

enum rs_press {
    RS_PRESS_NONE,
    RS_PRESS_OFF,    /* let go after three seconds and before eight */
    RS_PRESS_UPDATE, /* held for eight; told once */
};

struct rs_button {
    bool down;
    bool told;       /* eight seconds were */
    bool wakes;      /* the press that woke the sensor, or held it at its start, means nothing more */
    uint64_t since_us;
};

/* At the start of the firmware. */
void rs_button_begin(struct rs_button *button, bool down);

/* To be asked a few times a second. */
enum rs_press rs_button_poll(struct rs_button *button, bool down, uint64_t now_us);

#endif

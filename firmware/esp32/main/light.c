/* The light: a timer that wakes only when it changes. */
#include <stdatomic.h>

#include "blink.h"
#include "board.h"
#include "driver/gpio.h"
#include "esp_err.h"
#include "esp_timer.h"
#include "sdkconfig.h"

#if CONFIG_RESTRIDE_LIGHT_WHEN_LOW
#define LEVEL(on) (!(on))
#else
#define LEVEL(on) (on)
#endif

static esp_timer_handle_t timer;
static _Atomic enum rs_light asked, own;
static enum rs_light shown; /* this and the next: the timers' thread only */
static uint64_t since_us;

static void on_timer(void *unused) {
    const uint64_t now_us = board_time_us(NULL);
    const enum rs_light hides = atomic_load(&own);
    const enum rs_light light = hides != RS_DARK ? hides : atomic_load(&asked);
    (void)unused;
    if (light != shown) {
        shown = light;
        since_us = now_us;
    }
    const struct rs_lit lit = rs_blink(shown, (now_us - since_us) / 1000u);
    (void)gpio_set_level(CONFIG_RESTRIDE_PIN_LIGHT, LEVEL(lit.on));
    if (lit.for_ms > 0) {
        (void)esp_timer_start_once(timer, 1000u * (uint64_t)lit.for_ms); /* fails where `change` was quicker */
    } else if (hides == RS_LIGHT_AWAKE) {
        atomic_store(&own, RS_DARK); /* it greets once */
        (void)esp_timer_start_once(timer, 1);
    }
}

/* Lets the timer look at once. */
static void change(_Atomic enum rs_light *which, enum rs_light light) {
    if (timer != NULL && atomic_exchange(which, light) != light) {
        (void)esp_timer_stop(timer); /* fails where it does not run */
        (void)esp_timer_start_once(timer, 1);
    }
}

void light_show(void *board, enum rs_light light) {
    (void)board;
    change(&asked, light);
}

void light_override(enum rs_light light) {
    if (light != RS_DARK || atomic_load(&own) == RS_LIGHT_UPDATE) { /* the greeting ends by itself */
        change(&own, light);
    }
}

void light_begin(void) {
    const gpio_config_t pin = {.pin_bit_mask = 1ULL << CONFIG_RESTRIDE_PIN_LIGHT,
                               .mode = GPIO_MODE_OUTPUT,
                               .pull_up_en = GPIO_PULLUP_DISABLE,
                               .pull_down_en = GPIO_PULLDOWN_DISABLE,
                               .intr_type = GPIO_INTR_DISABLE};
    const esp_timer_create_args_t created = {.callback = on_timer, .name = "light"};
    ESP_ERROR_CHECK_WITHOUT_ABORT(gpio_config(&pin));
    ESP_ERROR_CHECK_WITHOUT_ABORT(gpio_sleep_sel_dis(CONFIG_RESTRIDE_PIN_LIGHT));
    if (ESP_ERROR_CHECK_WITHOUT_ABORT(esp_timer_create(&created, &timer)) == ESP_OK) {
        light_override(RS_LIGHT_AWAKE);
    }
}

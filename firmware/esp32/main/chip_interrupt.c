/* When the motion chip's FIFO reached its watermark.
 *
 * An edge: a line that is stuck, or rises again before the FIFO was emptied, costs one interrupt and no more. The task
 * looks at the FIFO a few times a second anyway, so an edge that was missed makes times coarser and loses nothing. */
#include "board.h"
#include "driver/gpio.h"
#include "esp_attr.h"
#include "esp_err.h"
#include "esp_timer.h"
#include "freertos/FreeRTOS.h"
#include "sdkconfig.h"

static portMUX_TYPE stamp_lock = portMUX_INITIALIZER_UNLOCKED;
static uint64_t stamp_us;

/* In RAM with all it calls, so that a write to flash does not make it late. */
static void IRAM_ATTR on_watermark(void *unused) {
    (void)unused;
    portENTER_CRITICAL_ISR(&stamp_lock);
    if (stamp_us == 0) {
        stamp_us = (uint64_t)esp_timer_get_time();
    }
    portEXIT_CRITICAL_ISR(&stamp_lock);
    board_wake_from_isr();
}

uint64_t chip_interrupt_us(void) {
    portENTER_CRITICAL(&stamp_lock);
    const uint64_t us = stamp_us;
    stamp_us = 0;
    portEXIT_CRITICAL(&stamp_lock);
    return us;
}

void chip_interrupt_begin(void) {
    const gpio_config_t pin = {.pin_bit_mask = 1ULL << CONFIG_RESTRIDE_PIN_INTERRUPT,
                               .mode = GPIO_MODE_INPUT,
                               .pull_up_en = GPIO_PULLUP_DISABLE,
                               .pull_down_en = GPIO_PULLDOWN_ENABLE,
                               .intr_type = GPIO_INTR_POSEDGE};
    /* Without it the sensor works on, with coarser times. */
    ESP_ERROR_CHECK_WITHOUT_ABORT(gpio_config(&pin));
    ESP_ERROR_CHECK_WITHOUT_ABORT(gpio_sleep_sel_dis(CONFIG_RESTRIDE_PIN_INTERRUPT));
    ESP_ERROR_CHECK_WITHOUT_ABORT(gpio_install_isr_service(ESP_INTR_FLAG_IRAM));
    ESP_ERROR_CHECK_WITHOUT_ABORT(gpio_isr_handler_add(CONFIG_RESTRIDE_PIN_INTERRUPT, on_watermark, NULL));
}

/* Light sleep while nothing needs the clock, deep sleep, and the button that ends it. */
#include "board.h"
#include "driver/gpio.h"
#include "driver/rtc_io.h"
#include "esp_err.h"
#include "esp_pm.h"
#include "esp_sleep.h"
#include "sdkconfig.h"

#if CONFIG_RESTRIDE_LIGHT_SLEEP
#define LIGHT_SLEEP true
#else
#define LIGHT_SLEEP false
#endif
#define MOST_MHZ 80
#define LEAST_MHZ 40 /* the crystal's own */

static esp_pm_lock_handle_t awake;
static bool keeps;

void power_begin(void) {
    const esp_pm_config_t config = {
        .max_freq_mhz = MOST_MHZ, .min_freq_mhz = LEAST_MHZ, .light_sleep_enable = LIGHT_SLEEP};
    const gpio_config_t pin = {.pin_bit_mask = 1ULL << CONFIG_RESTRIDE_PIN_BUTTON,
                               .mode = GPIO_MODE_INPUT,
                               .pull_up_en = GPIO_PULLUP_ENABLE,
                               .pull_down_en = GPIO_PULLDOWN_DISABLE,
                               .intr_type = GPIO_INTR_DISABLE};
    ESP_ERROR_CHECK_WITHOUT_ABORT(gpio_config(&pin));
    ESP_ERROR_CHECK_WITHOUT_ABORT(gpio_sleep_sel_dis(CONFIG_RESTRIDE_PIN_BUTTON));
    /* Light sleep only where it can be forbidden; without it the sensor works and needs more. */
    if (ESP_ERROR_CHECK_WITHOUT_ABORT(esp_pm_lock_create(ESP_PM_NO_LIGHT_SLEEP, 0, "clock", &awake)) == ESP_OK) {
        power_keep_clock(true);
        ESP_ERROR_CHECK_WITHOUT_ABORT(esp_pm_configure(&config));
    }
}

void power_keep_clock(bool keep) {
    if (awake != NULL && keep != keeps) {
        keeps = keep;
        ESP_ERROR_CHECK_WITHOUT_ABORT(keep ? esp_pm_lock_acquire(awake) : esp_pm_lock_release(awake));
    }
}

bool power_button_down(void) { return gpio_get_level(CONFIG_RESTRIDE_PIN_BUTTON) == 0; }

bool power_woke_by_timer(void) { return esp_sleep_get_wakeup_cause() == ESP_SLEEP_WAKEUP_TIMER; }

/* An error here leaves a sensor that only its reset button wakes. */
static esp_err_t let_button_wake(void) {
    const uint64_t pins = 1ULL << CONFIG_RESTRIDE_PIN_BUTTON;
#if CONFIG_IDF_TARGET_ESP32C3
    return esp_deep_sleep_enable_gpio_wakeup(pins, ESP_GPIO_WAKEUP_GPIO_LOW); /* pulls the pin up itself */
#else
    /* The pull-up must be held by the part of the chip that stays awake. */
    ESP_ERROR_CHECK_WITHOUT_ABORT(esp_sleep_pd_config(ESP_PD_DOMAIN_RTC_PERIPH, ESP_PD_OPTION_ON));
    ESP_ERROR_CHECK_WITHOUT_ABORT(rtc_gpio_pullup_en(CONFIG_RESTRIDE_PIN_BUTTON));
    ESP_ERROR_CHECK_WITHOUT_ABORT(rtc_gpio_pulldown_dis(CONFIG_RESTRIDE_PIN_BUTTON));
    return esp_sleep_enable_ext1_wakeup_io(pins, ESP_EXT1_WAKEUP_ANY_LOW);
#endif
}

void power_off(uint64_t wake_after_us) {
    ESP_ERROR_CHECK_WITHOUT_ABORT(let_button_wake());
    if (wake_after_us > 0) {
        ESP_ERROR_CHECK_WITHOUT_ABORT(esp_sleep_enable_timer_wakeup(wake_after_us));
    }
    esp_deep_sleep_start();
}

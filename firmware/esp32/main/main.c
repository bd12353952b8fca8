/* The sensor's task owns the core and polls it; all others hand over to it. */
#include "board.h"
#include "button.h"
#include "cadence.h"
#include "charge.h"
#include "device.h"
#include "esp_attr.h"
#include "esp_err.h"
#include "esp_system.h"
#include "esp_task_wdt.h"
#include "esp_timer.h"
#include "freertos/FreeRTOS.h"
#include "freertos/semphr.h"
#include "freertos/task.h"
#include "inbox.h"
#include "sdkconfig.h"
#include "slumber.h"

#define STACK_BYTES 8192u
#define PRIORITY 10u
#define MINUTE_US UINT64_C(60000000)
#define EMPTY_LOOK_US (10u * MINUTE_US) /* an empty battery: see whether somebody charges it */
#define SECOND_US 1000000u
#define SENDING_MS 5u /* until the radio may have a free buffer */
#define WAITING_MS 200u /* the button is looked at so often */

static struct rs_hal hal;
static struct rs_chip inner_chip;
static struct rs_cadence_chip cadence;
static struct rs_chip chip;
static struct rs_device device;
static struct rs_button button;
static struct rs_slumber slumber;
static TaskHandle_t sensor_task;

static SemaphoreHandle_t lock; /* of these two */
static struct rs_inbox inbox;
static struct rs_update update;

uint64_t board_time_us(void *board) {
    (void)board;
    return (uint64_t)esp_timer_get_time();
}

void board_wake(void) { xTaskNotifyGive(sensor_task); }

void IRAM_ATTR board_wake_from_isr(void) {
    BaseType_t woken = pdFALSE;
    vTaskNotifyGiveFromISR(sensor_task, &woken);
    portYIELD_FROM_ISR(woken);
}

static void take_lock(void) { (void)xSemaphoreTake(lock, portMAX_DELAY); }

static void give_lock(void) { (void)xSemaphoreGive(lock); }

void board_connected(uint16_t payload) {
    take_lock();
    rs_inbox_connected(&inbox, payload);
    give_lock();
    board_wake();
}

void board_payload(uint16_t payload) {
    take_lock();
    rs_inbox_payload(&inbox, payload);
    give_lock();
    board_wake();
}

void board_disconnected(void) {
    take_lock();
    rs_inbox_disconnected(&inbox);
    give_lock();
    board_wake();
}

bool board_wrote(enum rs_channel channel, const uint8_t *bytes, uint16_t count) {
    const uint64_t came_us = board_time_us(NULL);
    take_lock();
    const bool taken = rs_inbox_write(&inbox, channel, bytes, count, came_us);
    give_lock();
    board_wake();
    return taken;
}

enum rs_update_result board_update(const uint8_t *bytes, uint16_t count) {
    take_lock();
    const enum rs_update_result result = rs_update_write(&update, bytes, count, board_time_us(NULL));
    give_lock();
    board_wake();
    return result;
}

void board_update_state(uint8_t out[RS_UPDATE_STATE_BYTES]) {
    take_lock();
    rs_update_state(&update, out, board_time_us(NULL));
    give_lock();
}

static void turn_off(uint64_t wake_after_us) {
    radio_end();
    power_off(wake_after_us);
}

/* Whether the sensor waits for new firmware. One that is there is started when the host is gone and no log runs. */
static bool mind_update(bool opens) {
    const uint64_t now_us = board_time_us(NULL);
    take_lock();
    if (opens) {
        rs_update_open(&update, now_us);
    }
    const bool waits = rs_update_waits(&update, now_us);
    const bool done = update.done;
    give_lock();
    if (done && rs_slumber_may_end(&device)) {
        esp_restart();
    }
    light_override(waits ? RS_LIGHT_UPDATE : RS_DARK);
    return waits;
}

static void mind_sleep(enum rs_rest rest) {
    const uint64_t now_us = board_time_us(NULL);
    const enum rs_press press = rs_button_poll(&button, power_button_down(), now_us);
    const bool opens = press == RS_PRESS_UPDATE && update.slot != NULL && rs_slumber_may_end(&device);
    const bool waits = update.slot != NULL && mind_update(opens);
    const enum rs_depth depth = rs_slumber_depth(&slumber, &device, now_us);
    power_keep_clock(waits || depth == RS_AWAKE);
    if (waits) {
        slumber.busy_us = now_us;
    } else if (rest == RS_REST_OFF) {
        turn_off(EMPTY_LOOK_US);
    } else if (depth == RS_ASLEEP || (press == RS_PRESS_OFF && rs_slumber_may_end(&device))) {
        turn_off(0);
    }
}

static void tell_services(uint64_t *told_us) {
    const uint64_t now_us = board_time_us(NULL);
    if (now_us - *told_us < SECOND_US) {
        return;
    }
    *told_us = now_us;
    services_tell_battery(device.charge.now.percent);
    if (device.connected) {
        services_tell_cadence(rs_cadence_now(&cadence));
    }
}

static void begin_core(void) {
    hal.clock = (struct rs_clock){NULL, board_time_us};
    hal.flash = log_partition_open();
    hal.bus = chip_bus_open();
    hal.panel = (struct rs_panel){NULL, battery_read, light_show};
    inner_chip = chip_make(&hal.bus, &hal.clock);
#if CONFIG_RESTRIDE_ON_PELVIS
    chip = rs_cadence_chip(&cadence, inner_chip, RS_PELVIS);
#else
    chip = rs_cadence_chip(&cadence, inner_chip, RS_SHANK);
#endif
    rs_device_begin(&device, &hal, &chip);
}

static void run_sensor(void *unused) {
    uint64_t told_us = 0;
    (void)unused;
    ESP_ERROR_CHECK(esp_task_wdt_add(NULL));
    begin_core();
    chip_interrupt_begin();
    rs_button_begin(&button, power_button_down());
    rs_slumber_begin(&slumber, CONFIG_RESTRIDE_IDLE_MINUTES * MINUTE_US,
                     CONFIG_RESTRIDE_WAITING_HOURS * 60u * MINUTE_US, board_time_us(NULL));
    /* A sensor without its radio is of no use: it restarts, and new firmware that gets no further is rolled back. */
    ESP_ERROR_CHECK(radio_begin(&hal.radio, chip.driver->model) ? ESP_OK : ESP_FAIL);
    for (;;) {
        take_lock();
        rs_inbox_deliver(&inbox, &device);
        give_lock();
        const enum rs_rest rest = rs_device_poll(&device, chip_interrupt_us());
        tell_services(&told_us);
        mind_sleep(rest);
        ESP_ERROR_CHECK(esp_task_wdt_reset());
        (void)ulTaskNotifyTake(pdTRUE, pdMS_TO_TICKS(rest == RS_REST_NOT ? SENDING_MS : WAITING_MS));
    }
}

void app_main(void) {
    battery_begin();
    power_begin();
    if (power_woke_by_timer() && battery_read(NULL).millivolts < RS_CHARGE_LOW_MV) {
        power_off(EMPTY_LOOK_US); /* still empty: nothing is written, not even that it started */
    }
    light_begin();
    lock = xSemaphoreCreateMutex();
    rs_inbox_begin(&inbox);
#if CONFIG_RESTRIDE_UPDATE
    rs_update_begin(&update, update_slot());
#endif
    ESP_ERROR_CHECK(lock != NULL ? ESP_OK : ESP_ERR_NO_MEM);
    ESP_ERROR_CHECK(xTaskCreate(run_sensor, "sensor", STACK_BYTES, NULL, PRIORITY, &sensor_task) == pdPASS
                        ? ESP_OK
                        : ESP_ERR_NO_MEM);
}

/* The motion chip's registers over I2C. */
#include <string.h>

#include "board.h"
#include "driver/gpio.h"
#include "driver/i2c_master.h"
#include "esp_err.h"
#include "esp_rom_sys.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "sampler.h"
#include "sdkconfig.h"

#define CLOCK_HZ 400000
#define TIMEOUT_MS 50 /* a burst takes 6 */

static bool read_registers(void *board, uint8_t reg, uint8_t *bytes, size_t count) {
    return board != NULL && i2c_master_transmit_receive(board, &reg, 1, bytes, count, TIMEOUT_MS) == ESP_OK;
}

static bool write_registers(void *board, uint8_t reg, const uint8_t *bytes, size_t count) {
    uint8_t out[1u + RS_FIFO_CHUNK] = {reg};
    if (board == NULL || count > RS_FIFO_CHUNK) {
        return false;
    }
    memcpy(out + 1, bytes, count);
    return i2c_master_transmit(board, out, 1u + count, TIMEOUT_MS) == ESP_OK;
}

static void wait_us(void *board, uint32_t us) {
    (void)board;
    if (us < 2000u) {
        esp_rom_delay_us(us);
    } else {
        vTaskDelay(pdMS_TO_TICKS(us / 1000u + 1u));
    }
}

struct rs_bus chip_bus_open(void) {
    const i2c_master_bus_config_t lines = {.i2c_port = -1,
                                           .sda_io_num = CONFIG_RESTRIDE_PIN_OUT,
                                           .scl_io_num = CONFIG_RESTRIDE_PIN_CLOCK,
                                           .clk_source = I2C_CLK_SRC_DEFAULT,
                                           .glitch_ignore_cnt = 7};
    const i2c_device_config_t chip = {.dev_addr_length = I2C_ADDR_BIT_LEN_7,
                                      .device_address = CONFIG_RESTRIDE_I2C_ADDRESS,
                                      .scl_speed_hz = CLOCK_HZ};
    i2c_master_bus_handle_t bus = NULL;
    i2c_master_dev_handle_t device = NULL;
    if (ESP_ERROR_CHECK_WITHOUT_ABORT(i2c_new_master_bus(&lines, &bus)) == ESP_OK) {
        ESP_ERROR_CHECK_WITHOUT_ABORT(i2c_master_bus_add_device(bus, &chip, &device));
        ESP_ERROR_CHECK_WITHOUT_ABORT(gpio_sleep_sel_dis(CONFIG_RESTRIDE_PIN_OUT));
        ESP_ERROR_CHECK_WITHOUT_ABORT(gpio_sleep_sel_dis(CONFIG_RESTRIDE_PIN_CLOCK));
    }
    return (struct rs_bus){device, read_registers, write_registers, wait_us};
}

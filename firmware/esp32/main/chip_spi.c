/* The motion chip's registers over SPI. */
#include <string.h>

#include "board.h"
#include "driver/gpio.h"
#include "driver/spi_master.h"
#include "esp_attr.h"
#include "esp_err.h"
#include "esp_rom_sys.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "sampler.h"
#include "sdkconfig.h"

#define CLOCK_HZ (4 * 1000 * 1000) /* all four chips allow 10 MHz; wires of some centimetres are surer at 4 */
#define READ_BIT 0x80u             /* all four take a register with its top bit set for a read */
#if CONFIG_RESTRIDE_BMI270
#define BEFORE_DATA 2u /* the register and one byte that says nothing */
#else
#define BEFORE_DATA 1u
#endif
#define BUFFER_BYTES ((BEFORE_DATA + RS_FIFO_CHUNK + 3u) / 4u * 4u) /* DMA writes words */

static WORD_ALIGNED_ATTR DMA_ATTR uint8_t out[BUFFER_BYTES];
static WORD_ALIGNED_ATTR DMA_ATTR uint8_t in[BUFFER_BYTES];

static bool transfer(spi_device_handle_t device, size_t count) {
    spi_transaction_t one = {.length = 8u * count, .tx_buffer = out, .rx_buffer = in};
    return device != NULL && spi_device_transmit(device, &one) == ESP_OK;
}

static bool read_registers(void *board, uint8_t reg, uint8_t *bytes, size_t count) {
    if (count > RS_FIFO_CHUNK) {
        return false;
    }
    memset(out, 0, BEFORE_DATA + count);
    out[0] = (uint8_t)(reg | READ_BIT);
    if (!transfer(board, BEFORE_DATA + count)) {
        return false;
    }
    memcpy(bytes, in + BEFORE_DATA, count);
    return true;
}

static bool write_registers(void *board, uint8_t reg, const uint8_t *bytes, size_t count) {
    if (count > RS_FIFO_CHUNK) {
        return false;
    }
    out[0] = reg;
    memcpy(out + 1, bytes, count);
    return transfer(board, 1u + count);
}

static void wait_us(void *board, uint32_t us) {
    (void)board;
    if (us < 2000u) {
        esp_rom_delay_us(us);
    } else {
        vTaskDelay(pdMS_TO_TICKS(us / 1000u + 1u));
    }
}

/* In light sleep all pins are cut off that are not kept; a chip whose CS falls would hear noise as requests. */
static void keep_pins(void) {
    static const gpio_num_t pins[] = {CONFIG_RESTRIDE_PIN_CLOCK, CONFIG_RESTRIDE_PIN_OUT, CONFIG_RESTRIDE_PIN_IN,
                                      CONFIG_RESTRIDE_PIN_SELECT};
    for (size_t i = 0; i < sizeof pins / sizeof pins[0]; i++) {
        ESP_ERROR_CHECK_WITHOUT_ABORT(gpio_sleep_sel_dis(pins[i]));
    }
}

struct rs_bus chip_bus_open(void) {
    const spi_bus_config_t lines = {.mosi_io_num = CONFIG_RESTRIDE_PIN_OUT,
                                    .miso_io_num = CONFIG_RESTRIDE_PIN_IN,
                                    .sclk_io_num = CONFIG_RESTRIDE_PIN_CLOCK,
                                    .quadwp_io_num = -1,
                                    .quadhd_io_num = -1,
                                    .max_transfer_sz = BUFFER_BYTES};
    const spi_device_interface_config_t chip = {
        .mode = 0, .clock_speed_hz = CLOCK_HZ, .spics_io_num = CONFIG_RESTRIDE_PIN_SELECT, .queue_size = 1};
    spi_device_handle_t device = NULL;
    if (ESP_ERROR_CHECK_WITHOUT_ABORT(spi_bus_initialize(SPI2_HOST, &lines, SPI_DMA_CH_AUTO)) == ESP_OK) {
        ESP_ERROR_CHECK_WITHOUT_ABORT(spi_bus_add_device(SPI2_HOST, &chip, &device));
        keep_pins();
    }
    return (struct rs_bus){device, read_registers, write_registers, wait_us};
}

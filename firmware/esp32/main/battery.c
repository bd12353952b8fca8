/* The battery's voltage, over two equal resistors. */
#include "board.h"
#include "cell.h"
#include "charge.h"
#include "sdkconfig.h"

/* What is told where nobody knows: not that it is charged, and not that it is too empty to work. */
static const struct rs_battery unknown = {0, RS_CHARGE_LOW_MV};

#if CONFIG_RESTRIDE_HAS_BATTERY_PIN
#include "esp_adc/adc_cali.h"
#include "esp_adc/adc_cali_scheme.h"
#include "esp_adc/adc_oneshot.h"
#include "esp_err.h"

#define READINGS 8 /* the radio pulls the cell down for moments */

static adc_oneshot_unit_handle_t adc;
static adc_channel_t channel;
static adc_cali_handle_t calibration; /* null: it cannot be read */

/* The chips burn their own curve; both targets of this project read it. */
static esp_err_t begin_calibration(adc_unit_t unit) {
#if ADC_CALI_SCHEME_CURVE_FITTING_SUPPORTED
    const adc_cali_curve_fitting_config_t curve = {
        .unit_id = unit, .chan = channel, .atten = ADC_ATTEN_DB_12, .bitwidth = ADC_BITWIDTH_DEFAULT};
    return adc_cali_create_scheme_curve_fitting(&curve, &calibration);
#else
#error "this target has no curve for its converter: use an ESP32-S3 or ESP32-C3, or say that no battery pin is wired"
#endif
}

static esp_err_t begin(void) {
    const adc_oneshot_chan_cfg_t pin = {.atten = ADC_ATTEN_DB_12, .bitwidth = ADC_BITWIDTH_DEFAULT};
    adc_unit_t unit;
    esp_err_t failed = adc_oneshot_io_to_channel(CONFIG_RESTRIDE_PIN_BATTERY, &unit, &channel);
    if (failed != ESP_OK) {
        return failed;
    }
    const adc_oneshot_unit_init_cfg_t converter = {.unit_id = unit};
    failed = adc_oneshot_new_unit(&converter, &adc);
    if (failed == ESP_OK) {
        failed = adc_oneshot_config_channel(adc, channel, &pin);
    }
    return failed == ESP_OK ? begin_calibration(unit) : failed;
}

void battery_begin(void) { ESP_ERROR_CHECK_WITHOUT_ABORT(begin()); }

struct rs_battery battery_read(void *board) {
    int sum_mv = 0;
    (void)board;
    for (unsigned i = 0; i < READINGS; i++) {
        int raw, mv;
        if (calibration == NULL || adc_oneshot_read(adc, channel, &raw) != ESP_OK ||
            adc_cali_raw_to_voltage(calibration, raw, &mv) != ESP_OK) {
            return unknown;
        }
        sum_mv += mv;
    }
    const uint16_t cell_mv = (uint16_t)(2 * sum_mv / READINGS);
    return (struct rs_battery){rs_cell_percent(cell_mv), cell_mv};
}
#else
void battery_begin(void) {}

struct rs_battery battery_read(void *board) {
    (void)board;
    return unknown;
}
#endif

#include "setting.h"

#include <stddef.h>

#define COUNT(table) (sizeof(table) / sizeof *(table))

static const uint16_t rates_hz[] = {100, 200, 400, 800};
static const uint16_t acc_ranges_g[] = {2, 4, 8, 16, 32};
static const uint16_t gyr_ranges_dps[] = {0, 250, 500, 1000, 2000, 4000};

/* The place of the first step that holds the value; the last one holds everything. */
static uint8_t place(const uint16_t *steps, size_t count, uint16_t value) {
    size_t at = 0;
    while (at + 1 < count && steps[at] < value) {
        at++;
    }
    return (uint8_t)at;
}

uint8_t rs_setting_code(struct rs_setting setting) {
    const unsigned rate = place(rates_hz, COUNT(rates_hz), setting.rate_hz);
    const unsigned acc = place(acc_ranges_g, COUNT(acc_ranges_g), setting.acc_range_g);
    const unsigned gyr = place(gyr_ranges_dps, COUNT(gyr_ranges_dps), setting.gyr_range_dps);
    return (uint8_t)(rate | acc << 2 | gyr << 5);
}

bool rs_setting_of_code(uint8_t code, struct rs_setting *setting) {
    const unsigned acc = code >> 2 & 7u;
    const unsigned gyr = code >> 5;
    if (acc >= COUNT(acc_ranges_g) || gyr >= COUNT(gyr_ranges_dps)) {
        return false;
    }
    setting->rate_hz = rates_hz[code & 3u];
    setting->acc_range_g = (uint8_t)acc_ranges_g[acc];
    setting->gyr_range_dps = gyr_ranges_dps[gyr];
    return true;
}

uint8_t rs_setting_axes(struct rs_setting setting) { return setting.gyr_range_dps == 0 ? 3 : 6; }

uint8_t rs_setting_sample_bytes(struct rs_setting setting) { return (uint8_t)(2u * rs_setting_axes(setting)); }

#include "cell.h"

#include <stddef.h>

static const struct {
    uint16_t millivolts;
    uint8_t percent;
} curve[] = {{3300, 0},  {3500, 10}, {3620, 20}, {3680, 30}, {3730, 40}, {3770, 50},
             {3820, 60}, {3880, 70}, {3950, 80}, {4050, 90}, {4180, 100}};

uint8_t rs_cell_percent(uint16_t millivolts) {
    if (millivolts <= curve[0].millivolts) {
        return 0;
    }
    for (size_t i = 1; i < sizeof curve / sizeof curve[0]; i++) {
        if (millivolts < curve[i].millivolts) {
            const uint32_t above = (uint32_t)millivolts - curve[i - 1].millivolts;
            const uint32_t width = (uint32_t)curve[i].millivolts - curve[i - 1].millivolts;
            const uint32_t height = (uint32_t)curve[i].percent - curve[i - 1].percent;
            return (uint8_t)(curve[i - 1].percent + height * above / width);
        }
    }
    return 100;
}

/* Which motion chip it is. */
#include "bmi270.h"
#include "board.h"
#include "icm42688.h"
#include "lsm6ds.h"
#include "sdkconfig.h"

#if CONFIG_RESTRIDE_BMI270
/* Bosch's configuration, which is not ours to give: main/bmi270_config.bin. */
extern const uint8_t config_start[] __asm__("_binary_bmi270_config_bin_start");
extern const uint8_t config_end[] __asm__("_binary_bmi270_config_bin_end");

struct rs_chip chip_make(const struct rs_bus *bus, const struct rs_clock *clock) {
    static struct rs_bmi270 family;
    return rs_bmi270(&family, config_start, (size_t)(config_end - config_start), bus, clock);
}
#elif CONFIG_RESTRIDE_ICM42688
struct rs_chip chip_make(const struct rs_bus *bus, const struct rs_clock *clock) {
    static struct rs_icm42688 family;
    return rs_icm42688(&family, bus, clock);
}
#else
struct rs_chip chip_make(const struct rs_bus *bus, const struct rs_clock *clock) {
    static struct rs_lsm6ds family;
#if CONFIG_RESTRIDE_LSM6DSV32X
    return rs_lsm6dsv32x(&family, bus, clock);
#else
    return rs_lsm6dso32(&family, bus, clock);
#endif
}
#endif

/* Bytes of RAM that the core's structures take on the sensor, whose owner is the firmware: it has no others. */
#include <stdio.h>

#include "bmi270.h"
#include "device.h"
#include "icm42688.h"
#include "lsm6ds.h"
#include "rsc.h"

#define RAM_LIMIT 16384u /* besides what waits for the radio */

int main(void) {
    const size_t ring = sizeof(struct rs_ring), core = sizeof(struct rs_device) - ring + sizeof(struct rs_lsm6ds);
    printf("rs_device %zu\n", sizeof(struct rs_device));
    printf("rs_ring %zu\n", ring);
    printf("rs_lsm6ds %zu\n", sizeof(struct rs_lsm6ds));
    printf("rs_icm42688 %zu\n", sizeof(struct rs_icm42688));
    printf("rs_bmi270 %zu\n", sizeof(struct rs_bmi270));
    printf("rs_rsc %zu\n", sizeof(struct rs_rsc));
    printf("core %zu\n", core);
    return core < RAM_LIMIT ? 0 : 1;
}

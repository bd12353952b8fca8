/* Bytes of RAM that the core's structures take on the sensor, whose owner is the firmware: it has no others. */
#include <stdio.h>

#include "bmi270.h"
#include "button.h"
#include "cadence.h"
#include "device.h"
#include "icm42688.h"
#include "inbox.h"
#include "lsm6ds.h"
#include "slumber.h"
#include "update.h"

#define RAM_LIMIT 16384u /* besides what waits for the radio */

int main(void) {
    const size_t ring = sizeof(struct rs_ring), chip = sizeof(struct rs_lsm6ds) + sizeof(struct rs_cadence_chip),
                 board = sizeof(struct rs_inbox) + sizeof(struct rs_update) + sizeof(struct rs_slumber) +
                         sizeof(struct rs_button),
                 core = sizeof(struct rs_device) - ring + chip + board;
    printf("rs_device %zu\n", sizeof(struct rs_device));
    printf("rs_ring %zu\n", ring);
    printf("rs_lsm6ds %zu\n", sizeof(struct rs_lsm6ds));
    printf("rs_icm42688 %zu\n", sizeof(struct rs_icm42688));
    printf("rs_bmi270 %zu\n", sizeof(struct rs_bmi270));
    printf("rs_cadence_chip %zu\n", sizeof(struct rs_cadence_chip));
    printf("rs_inbox %zu\n", sizeof(struct rs_inbox));
    printf("core %zu\n", core);
    return core < RAM_LIMIT ? 0 : 1;
}

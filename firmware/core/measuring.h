/* From the chip to the stream or the log. Private to the device. */
#ifndef RS_MEASURING_H
#define RS_MEASURING_H

#include "device.h"

uint64_t rs_device_now_us(const struct rs_device *device);

/* Starts the chip and frames of `whole` samples; false where it does not answer. */
bool rs_measuring_start(struct rs_device *device, struct rs_setting setting, uint8_t whole);

/* Goes on with the log that ran before the restart; a chip that does not answer is tried again. */
void rs_measuring_go_on(struct rs_device *device);

/* Takes what the chip has; the state follows where a log begins or ends by it. */
void rs_measuring_poll(struct rs_device *device, uint64_t interrupt_us);

/* Takes the last samples and closes their frame, then stops the chip. */
void rs_measuring_finish(struct rs_device *device);

/* Stops the chip; what it has measured is lost. */
void rs_measuring_drop(struct rs_device *device);

#endif

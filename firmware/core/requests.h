/* What a host may ask, and what is done. Private to the device. */
#ifndef RS_REQUESTS_H
#define RS_REQUESTS_H

#include "device.h"

/* Does what is asked and makes `device->answer` due, or holds it. */
void rs_requests_do(struct rs_device *device, const struct rs_request *request);

/* Makes a held answer due once what it waits for has happened. */
void rs_requests_release(struct rs_device *device);

#endif

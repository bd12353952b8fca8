#include "slumber.h"

void rs_slumber_begin(struct rs_slumber *slumber, uint64_t idle_us, uint64_t waiting_us, uint64_t now_us) {
    *slumber = (struct rs_slumber){.idle_us = idle_us, .waiting_us = waiting_us, .busy_us = now_us};
}

bool rs_slumber_may_end(const struct rs_device *device) {
    return !device->connected && (device->state == RS_IDLE || device->state == RS_FAULT);
}

static bool log_waits(const struct rs_device *device) {
    const struct rs_log_status log = rs_log_status(&device->log);
    return device->has_log && log.present && log.confirmed < log.used;
}

enum rs_depth rs_slumber_depth(struct rs_slumber *slumber, const struct rs_device *device, uint64_t now_us) {
    if (!rs_slumber_may_end(device)) {
        slumber->busy_us = now_us;
        return RS_AWAKE;
    }
    const bool waits = log_waits(device);
    if (now_us - slumber->busy_us >= (waits ? slumber->waiting_us : slumber->idle_us)) {
        return RS_ASLEEP;
    }
    return waits ? RS_AWAKE : RS_DOZE;
}

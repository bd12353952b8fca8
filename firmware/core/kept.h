/* The few values that outlive a restart: starts counted, calibration, what the log is.
 *
 * They lie in the last two sectors of the partition. Every change appends the whole record, with a number and
 * a CRC-32, after the one before; a full sector is left alone until the other one holds a newer record. So a
 * power cut at any moment leaves the values as they were before the change or after it. */
#ifndef RS_KEPT_H
#define RS_KEPT_H

#include "hal.h"

#define RS_KEPT_SECTORS 2u
#define RS_KEPT_BYTES 68u /* of a record in flash */

enum rs_log_phase {
    RS_LOG_UNKNOWN, /* nothing was ever kept, or it was lost: the sectors themselves must tell */
    RS_LOG_EMPTY,   /* there is none */
    RS_LOG_RUNNING, /* it goes on after a restart */
    RS_LOG_ENDED,
};

/* What is known of the log without reading it. Sectors count from the first of the partition and go round. */
struct rs_log_state {
    uint8_t phase;       /* enum rs_log_phase */
    uint8_t setting;     /* code */
    uint16_t generation; /* one more with every erasure */
    uint16_t first;      /* where the log begins, or will begin */
    uint16_t sectors;    /* that it took */
    uint16_t dirty;      /* sectors right before the first that are still to be erased */
    uint32_t used;       /* bytes, up to the last one written */
    uint32_t confirmed;  /* bytes from the beginning that the host has copied */
    uint32_t boot;       /* of the first sample */
    uint64_t time_us;    /* of the first sample */
};

struct rs_kept_values {
    uint32_t boot;  /* starts of the firmware, this one included */
    int16_t acc[6]; /* calibration as CALIBRATE brings it: bias x y z, scale x y z */
    int16_t gyr[6];
    struct rs_log_state log;
};

struct rs_kept {
    const struct rs_flash *flash;
    struct rs_kept_values values; /* read them here, change them with rs_kept_put */
    uint32_t number;              /* of the newest record */
    uint32_t sector;              /* which of the two holds it */
    uint32_t next;                /* first byte in it that is free */
    bool known;                   /* a record was found at the start */
};

/* Finds the newest record and counts the start; all zeros, the log's phase too, where there is none. False if
 * that could not be written, or there is no place for it: the values hold all the same. */
bool rs_kept_begin(struct rs_kept *kept, const struct rs_flash *flash);

/* Keeps these values. False, and all as before, if neither sector can be written. */
bool rs_kept_put(struct rs_kept *kept, const struct rs_kept_values *values);

#endif

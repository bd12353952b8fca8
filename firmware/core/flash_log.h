/* The log: sectors of a head and frames, as the protocol page says, in all of the partition but its last two
 * sectors.
 *
 * Sectors are a ring. A log begins where the one before it ended, so all sectors age alike, and a log's
 * offsets count from its own first sector. Erasing says first that the log is gone (rs_kept), then clears its
 * sectors one by one while the sensor has nothing else to do; a new log can begin at once and clears what it
 * comes upon.
 *
 *     first - dirty        first            first + sectors        first - dirty
 *     | still to be erased | this log       | blank                |
 *
 * A sector is blank when it is taken, whatever was believed of it, or it is passed over: nothing that was not
 * confirmed is ever erased. Every write is read back. */
#ifndef RS_FLASH_LOG_H
#define RS_FLASH_LOG_H

#include "hal.h"
#include "kept.h"
#include "sample.h"

#define RS_LOG_FAILURES 3u        /* in a row, with which the log ends */
#define RS_LOG_RANGE_BYTES 65536u /* most that one request may ask for */

enum rs_log_result {
    RS_LOG_DONE,
    RS_LOG_PRESENT,     /* a log lies there */
    RS_LOG_NONE,        /* there is no log, or none that runs */
    RS_LOG_BUSY,        /* it runs */
    RS_LOG_OUTSIDE,     /* beyond what is used, or begins beyond what is confirmed */
    RS_LOG_MISMATCH,    /* another CRC, or another generation */
    RS_LOG_UNCONFIRMED, /* not all of it was copied */
    RS_LOG_FULL,        /* no sector is left; the log has ended */
    RS_LOG_FAILED, /* the flash did not do it; a log that was running has ended if the frame is not in it */
};

struct rs_log {
    const struct rs_flash *flash;
    struct rs_kept *kept;
    struct rs_log_state state; /* as it is now; what is kept of it may be older */
    uint32_t capacity;         /* sectors */
    uint32_t boot;             /* this start */
    uint32_t position;         /* of the next frame in the last sector; 0: that one is closed */
    uint8_t failures;          /* in a row */
    uint32_t failed;           /* writes and erases that did not do what they should, since the start */
};

struct rs_log_status {
    bool present;
    bool running;
    uint32_t used;
    uint32_t capacity;
    uint32_t confirmed;
    uint16_t generation;
    struct rs_setting setting; /* this and the rest: where a log is present */
    uint32_t boot;
    uint64_t time_us;
};

/* Finds the log, after whatever happened before; a log that was running runs again and takes a new sector
 * with its next frame. `kept` is begun. False if the partition is too small or too large to hold a log. */
bool rs_log_begin(struct rs_log *log, const struct rs_flash *flash, struct rs_kept *kept);

/* Begins a log whose first sample is taken at `time_us`. PRESENT, FAILED. */
enum rs_log_result rs_log_start(struct rs_log *log, struct rs_setting setting, uint32_t boot,
                                uint64_t time_us);

/* Writes one frame whose first sample was taken at `first_us`. OUTSIDE if no frame has such a length, NONE if
 * no log runs; with FULL and FAILED the log has ended and the frame is not in it. */
enum rs_log_result rs_log_append(struct rs_log *log, const uint8_t *frame, size_t count, uint64_t first_us);

/* Ends the log; done where none runs. FAILED: it has ended, but would go on after a restart; try again. */
enum rs_log_result rs_log_stop(struct rs_log *log);

struct rs_log_status rs_log_status(const struct rs_log *log);

/* Bytes of the log from flash. NONE, OUTSIDE, FAILED. */
enum rs_log_result rs_log_read(const struct rs_log *log, uint32_t offset, uint8_t *bytes, uint32_t count);

/* CRC-32 of a range, read from flash now: 13 ms for 64 KiB at 40 MHz. NONE, OUTSIDE, FAILED. */
enum rs_log_result rs_log_crc(const struct rs_log *log, uint32_t offset, uint32_t count, uint32_t *crc);

/* The host has copied this range and tells its CRC. NONE, BUSY, OUTSIDE, MISMATCH, FAILED. */
enum rs_log_result rs_log_confirm(struct rs_log *log, uint32_t offset, uint32_t count, uint32_t crc);

/* Empties the log of this generation; its sectors are cleared later. BUSY, MISMATCH, UNCONFIRMED, FAILED. */
enum rs_log_result rs_log_erase(struct rs_log *log, uint16_t generation);

/* Clears one sector that is still to be erased: 45 ms, at worst 400. For idle times. True while more are
 * left. */
bool rs_log_poll(struct rs_log *log);

#endif

/* Frames to be logged, and what is found in a log when it is read as a host reads it. */
#ifndef RS_TEST_FLASH_FRAMES_H
#define RS_TEST_FLASH_FRAMES_H

#include "flash_log.h"
#include "frame.h"

extern const struct rs_setting flash_six_axes, flash_three_axes;

#define FLASH_FULL_FRAME 41u /* samples of six axes */

/* The frame of this number, always the same; every fourth ends in ff, as erased flash does. Returns its
 * bytes. */
size_t flash_frame_make(uint8_t out[RS_FRAME_BYTES], uint16_t sequence, struct rs_setting setting,
                        uint8_t samples);

struct flash_found {
    uint32_t frames;      /* that are whole */
    uint32_t changed;     /* of them, other than flash_frame_make makes them */
    uint32_t disordered;  /* of them, not numbered one more than the one before */
    uint16_t first, last; /* numbers */
    uint32_t heads;
    uint32_t misplaced; /* heads of another generation, or not where they say */
    uint32_t last_boot;
    uint64_t last_head_us;
    uint32_t skipped; /* bytes that belong to nothing and are not ff */
};

/* Reads all of the log by its offsets. */
struct flash_found flash_frames_find(const struct rs_log *log);

#endif

/* A sensor's flash, kept values and log, and what a host does with them, in the steps that tests are told in.
 * A step that is to succeed says whether it did. */
#ifndef RS_TEST_FLASH_SENSOR_H
#define RS_TEST_FLASH_SENSOR_H

#include "flash_log.h"
#include "flash_model.h"

#define SECTORS 12u /* of a small sensor */
#define CAPACITY (SECTORS - RS_KEPT_SECTORS)

struct sensor {
    struct flash_model flash;
    struct rs_kept kept;
    struct rs_log log;
    uint16_t sequence; /* of the next frame */
};

/* A new one, whose flash was cleared once. */
bool sensor_unpack(struct sensor *sensor, uint32_t sectors);

/* False if something was written over, or erased that was guarded. */
bool sensor_put_away(struct sensor *sensor);

bool sensor_restart(struct sensor *sensor);

/* A log of six axes whose first sample is at 1 s. */
enum rs_log_result sensor_start(struct sensor *sensor);

/* The next frame, 205 ms after the one before. */
enum rs_log_result sensor_append(struct sensor *sensor);

/* So many frames, if each is taken. */
bool sensor_append_all(struct sensor *sensor, unsigned frames);

/* As a host that copies all there is. */
bool sensor_confirm_all(struct sensor *sensor);

/* Whatever log is there. */
bool sensor_erase(struct sensor *sensor);

/* Exactly the first so many frames, in order, are in the log. */
bool sensor_holds(const struct sensor *sensor, uint32_t frames);

#endif

/* Where a log ends, found from the flash after a restart. Private to flash_log.c. */
#ifndef RS_LOG_END_H
#define RS_LOG_END_H

#include "flash_log.h"

/* Sets sectors and used of a log that was running: reads the heads and the last sector, not what lies
 * between. */
void rs_log_end_find(struct rs_log *log);

/* Looks for a log of which nothing is known, by all heads there are: the newest generation, as a log that has
 * ended. What is not part of it is still to be erased. False if there is none. */
bool rs_log_end_guess(struct rs_log *log);

/* True if a log lies where there should be none: the start was answered, for there is a frame, but what was
 * kept of it cannot be read any more. */
bool rs_log_end_forgotten(const struct rs_log *log);

/* Sets aside, to be erased, what a start that was never answered has left where the next log is to begin. */
void rs_log_end_leftovers(struct rs_log *log);

#endif

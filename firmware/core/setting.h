/* Rate and ranges as the one byte that every frame carries. */
#ifndef RS_SETTING_H
#define RS_SETTING_H

#include "sample.h"

/* The code of a setting that the page has a code for. */
uint8_t rs_setting_code(struct rs_setting setting);

/* False, and `setting` untouched, where the code says nothing. */
bool rs_setting_of_code(uint8_t code, struct rs_setting *setting);

/* Numbers in a sample: three where the gyroscope is off, else six. */
uint8_t rs_setting_axes(struct rs_setting setting);

/* Bytes of a sample in a frame. */
uint8_t rs_setting_sample_bytes(struct rs_setting setting);

#endif

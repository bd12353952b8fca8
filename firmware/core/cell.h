/* How full a lithium cell is, by its voltage. */
#ifndef RS_CELL_H
#define RS_CELL_H

#include <stdint.h>

/* Of one cell under a load of some milliamperes, as such cells usually are: within about a tenth, of a cold or old one
 * less. */
uint8_t rs_cell_percent(uint16_t millivolts);

#endif

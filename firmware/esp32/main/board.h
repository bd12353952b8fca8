/* What the parts of this project give each other. Three threads: the sensor's task in main.c, which alone touches the
 * core's device; NimBLE's, in which the radio's callbacks run; the timers', which switches the light. */
#ifndef RS_BOARD_H
#define RS_BOARD_H

#include "chip.h"
#include "hal.h"
#include "rsc.h"
#include "update.h"

/* main.c, from any thread. The radio tells what it heard. */
uint64_t board_time_us(void *board);
void board_wake(void);
void board_wake_from_isr(void);
void board_connected(uint16_t payload);
void board_payload(uint16_t payload);
void board_disconnected(void);
bool board_wrote(enum rs_channel channel, const uint8_t *bytes, uint16_t count); /* false: no room */
enum rs_update_result board_update(const uint8_t *bytes, uint16_t count);
void board_update_state(uint8_t out[RS_UPDATE_STATE_BYTES]);

/* chip_spi.c or chip_i2c.c. A bus that cannot be opened fails with every reading: the host hears CHIP_FAILED. */
struct rs_bus chip_bus_open(void);

/* chip.c. The model that was chosen, on this bus. */
struct rs_chip chip_make(const struct rs_bus *bus, const struct rs_clock *clock);

/* chip_interrupt.c. When the watermark was reached since the last call, 0 if it was not. */
void chip_interrupt_begin(void);
uint64_t chip_interrupt_us(void);

/* log_partition.c. No sectors where there is no partition called log. */
struct rs_flash log_partition_open(void);

/* radio.c. Begins to advertise; false where the radio cannot be brought up. A host wrote over this connection. Off it
 * must be before deep sleep. */
bool radio_begin(struct rs_radio *radio, const char *model);
void radio_heard(uint16_t conn);
void radio_end(void);

/* services.c. What is read, or told to who subscribed. */
struct ble_gatt_svc_def;
const struct ble_gatt_svc_def *services_table(const char *model, const char *serial);
uint16_t services_handle(enum rs_channel channel);
void services_tell_battery(uint8_t percent);
void services_tell_cadence(struct rs_cadence cadence);

/* battery.c. Without a wire, or where the converter fails: 0 %, and just enough volts to work. */
void battery_begin(void);
struct rs_battery battery_read(void *board);

/* light.c. The board's own message hides what the core asks for; RS_DARK ends it. */
void light_begin(void);
void light_show(void *board, enum rs_light light);
void light_override(enum rs_light light);

/* power.c */
void power_begin(void);
void power_keep_clock(bool keep); /* no light sleep */
bool power_button_down(void);
bool power_woke_by_timer(void);
void power_off(uint64_t wake_after_us) __attribute__((noreturn)); /* 0: only the button wakes */

/* update_slot.c */
const struct rs_update_slot *update_slot(void);

#endif

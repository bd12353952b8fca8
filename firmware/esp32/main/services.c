/* The services of docs/esp32-protocol.md, as NimBLE wants them told. Callbacks run in NimBLE's thread. */
#include <stdatomic.h>
#include <string.h>

#include "board.h"
#include "bytes.h"
#include "esp_app_desc.h"
#include "host/ble_hs.h"
#include "sdkconfig.h"

#define LONGEST_WRITE 244u /* a message of an update; requests are shorter */
#define ALL_RIGHT 0
#define UPDATE_ERROR 0x80 /* and what rs_update_result says: the application's own errors begin there */

/* 25ab00NN-4174-4a94-aec4-8268f3648833, last byte first. */
#define OURS(n)                                                                                                        \
    BLE_UUID128_INIT(0x33, 0x88, 0x64, 0xf3, 0x68, 0x82, 0xc4, 0xae, 0x94, 0x4a, 0x74, 0x41, n, 0x00, 0xab, 0x25)
static const ble_uuid128_t our_service = OURS(0x00), control_uuid = OURS(0x01), data_uuid = OURS(0x02),
                           sync_uuid = OURS(0x03), log_uuid = OURS(0x04);
#if CONFIG_RESTRIDE_UPDATE
static const ble_uuid128_t update_service = OURS(0x10), update_uuid = OURS(0x11);
#endif
static const ble_uuid16_t information_service = BLE_UUID16_INIT(0x180a), model_uuid = BLE_UUID16_INIT(0x2a24),
                          serial_uuid = BLE_UUID16_INIT(0x2a25), firmware_uuid = BLE_UUID16_INIT(0x2a26),
                          hardware_uuid = BLE_UUID16_INIT(0x2a27), maker_uuid = BLE_UUID16_INIT(0x2a29),
                          battery_service = BLE_UUID16_INIT(0x180f), battery_uuid = BLE_UUID16_INIT(0x2a19),
                          running_service = BLE_UUID16_INIT(0x1814), cadence_uuid = BLE_UUID16_INIT(0x2a53),
                          features_uuid = BLE_UUID16_INIT(0x2a54);

static uint16_t handles[4]; /* by channel */
static uint16_t battery_handle, cadence_handle;
static _Atomic uint32_t battery_percent;
static _Atomic uint32_t cadence_bytes; /* the measurement as it is sent */
static const char *model_text, *serial_text, *firmware_text;
static const char *maker_text = "Restride", *hardware_text = CONFIG_IDF_TARGET;

/* What was written, in one piece; its size in `count`. */
static int flat(const struct ble_gatt_access_ctxt *access, uint8_t *bytes, uint16_t *count) {
    if (access->op != BLE_GATT_ACCESS_OP_WRITE_CHR) {
        return BLE_ATT_ERR_UNLIKELY;
    }
    return ble_hs_mbuf_to_flat(access->om, bytes, LONGEST_WRITE, count) == 0 ? ALL_RIGHT
                                                                             : BLE_ATT_ERR_INVALID_ATTR_VALUE_LEN;
}

static int on_write(uint16_t conn, uint16_t handle, struct ble_gatt_access_ctxt *access, void *channel) {
    uint8_t bytes[LONGEST_WRITE];
    uint16_t count = 0;
    const int refused = flat(access, bytes, &count);
    (void)handle;
    radio_heard(conn);
    if (refused != ALL_RIGHT) {
        return refused;
    }
    return board_wrote((enum rs_channel)(uintptr_t)channel, bytes, count) ? ALL_RIGHT : BLE_ATT_ERR_INSUFFICIENT_RES;
}

static int give(struct ble_gatt_access_ctxt *access, const void *bytes, size_t count) {
    return os_mbuf_append(access->om, bytes, (uint16_t)count) == 0 ? ALL_RIGHT : BLE_ATT_ERR_INSUFFICIENT_RES;
}

#if CONFIG_RESTRIDE_UPDATE
static int on_update(uint16_t conn, uint16_t handle, struct ble_gatt_access_ctxt *access, void *unused) {
    uint8_t bytes[LONGEST_WRITE];
    uint16_t count = 0;
    (void)handle;
    (void)unused;
    if (access->op == BLE_GATT_ACCESS_OP_READ_CHR) {
        board_update_state(bytes);
        return give(access, bytes, RS_UPDATE_STATE_BYTES);
    }
    const int refused = flat(access, bytes, &count);
    radio_heard(conn);
    if (refused != ALL_RIGHT) {
        return refused;
    }
    const enum rs_update_result result = board_update(bytes, count);
    return result == RS_UPDATE_TAKEN ? ALL_RIGHT : UPDATE_ERROR + (int)result;
}
#endif

static int on_text(uint16_t conn, uint16_t handle, struct ble_gatt_access_ctxt *access, void *text) {
    const char *value = *(const char *const *)text;
    (void)conn;
    (void)handle;
    return give(access, value, strlen(value));
}

static int on_battery(uint16_t conn, uint16_t handle, struct ble_gatt_access_ctxt *access, void *unused) {
    const uint8_t percent = (uint8_t)atomic_load(&battery_percent);
    (void)conn;
    (void)handle;
    (void)unused;
    return give(access, &percent, 1);
}

static int on_cadence(uint16_t conn, uint16_t handle, struct ble_gatt_access_ctxt *access, void *unused) {
    uint8_t bytes[RS_RSC_BYTES];
    (void)conn;
    (void)handle;
    (void)unused;
    rs_put_u32(bytes, atomic_load(&cadence_bytes));
    return give(access, bytes, sizeof bytes);
}

/* It tells walking from running, and nothing more. */
static int on_features(uint16_t conn, uint16_t handle, struct ble_gatt_access_ctxt *access, void *unused) {
    uint8_t bytes[2];
    (void)conn;
    (void)handle;
    (void)unused;
    rs_put_u16(bytes, 0x0004);
    return give(access, bytes, sizeof bytes);
}

#define CHANNEL(id, number, how)                                                                                       \
    {.uuid = &(id).u, .access_cb = on_write, .arg = (void *)(uintptr_t)(number), .val_handle = &handles[number],       \
     .flags = (how) | BLE_GATT_CHR_F_NOTIFY}
#define TEXT(id, text) {.uuid = &(id).u, .access_cb = on_text, .arg = &(text), .flags = BLE_GATT_CHR_F_READ}

static const struct ble_gatt_chr_def our_channels[] = {
    CHANNEL(control_uuid, RS_CONTROL, BLE_GATT_CHR_F_WRITE),
    CHANNEL(data_uuid, RS_DATA, 0),
    CHANNEL(sync_uuid, RS_SYNC, BLE_GATT_CHR_F_WRITE_NO_RSP),
    CHANNEL(log_uuid, RS_LOG, BLE_GATT_CHR_F_WRITE_NO_RSP),
    {0}};
static const struct ble_gatt_chr_def texts[] = {TEXT(model_uuid, model_text), TEXT(serial_uuid, serial_text),
                                                TEXT(firmware_uuid, firmware_text), TEXT(hardware_uuid, hardware_text),
                                                TEXT(maker_uuid, maker_text), {0}};
static const struct ble_gatt_chr_def battery_values[] = {{.uuid = &battery_uuid.u,
                                                          .access_cb = on_battery,
                                                          .val_handle = &battery_handle,
                                                          .flags = BLE_GATT_CHR_F_READ | BLE_GATT_CHR_F_NOTIFY},
                                                         {0}};
static const struct ble_gatt_chr_def running_values[] = {
    {.uuid = &cadence_uuid.u, .access_cb = on_cadence, .val_handle = &cadence_handle, .flags = BLE_GATT_CHR_F_NOTIFY},
    {.uuid = &features_uuid.u, .access_cb = on_features, .flags = BLE_GATT_CHR_F_READ},
    {0}};
#if CONFIG_RESTRIDE_UPDATE
static const struct ble_gatt_chr_def update_values[] = {
    {.uuid = &update_uuid.u, .access_cb = on_update, .flags = BLE_GATT_CHR_F_READ | BLE_GATT_CHR_F_WRITE}, {0}};
#endif

#define PRIMARY(id, values) {.type = BLE_GATT_SVC_TYPE_PRIMARY, .uuid = &(id).u, .characteristics = values}

static const struct ble_gatt_svc_def services[] = {
    PRIMARY(our_service, our_channels),
    PRIMARY(information_service, texts),
    PRIMARY(battery_service, battery_values),
    PRIMARY(running_service, running_values),
#if CONFIG_RESTRIDE_UPDATE
    PRIMARY(update_service, update_values),
#endif
    {0},
};

const struct ble_gatt_svc_def *services_table(const char *model, const char *serial) {
    model_text = model;
    serial_text = serial;
    firmware_text = esp_app_get_description()->version;
    return services;
}

uint16_t services_handle(enum rs_channel channel) { return handles[channel]; }

void services_tell_battery(uint8_t percent) {
    if (atomic_exchange(&battery_percent, percent) != percent) {
        ble_gatts_chr_updated(battery_handle);
    }
}

void services_tell_cadence(struct rs_cadence now) {
    uint8_t bytes[RS_RSC_BYTES];
    rs_rsc_encode(bytes, now);
    atomic_store(&cadence_bytes, rs_get_u32(bytes));
    ble_gatts_chr_updated(cadence_handle);
}

/* Advertising, the connection, and notifications. */
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "board.h"
#include "esp_err.h"
#include "esp_mac.h"
#include "esp_ota_ops.h"
#include "host/ble_hs.h"
#include "host/util/util.h"
#include "nimble/nimble_port.h"
#include "nimble/nimble_port_freertos.h"
#include "nvs_flash.h"
#include "services/gap/ble_svc_gap.h"
#include "services/gatt/ble_svc_gatt.h"

#define SPARE_BUFFERS 6 /* left to the stack for its own answers */
#define ATT_HEAD 3      /* of a notification */
#define LL_BYTES 251    /* of a packet in the air, and the µs that it takes */
#define LL_TIME_US 2120
#define ADVERTISE_FROM 400 /* in 0.625 ms: 250 to 300 ms, found within a second or two */
#define ADVERTISE_TO 480

static const ble_uuid128_t advertised = BLE_UUID128_INIT(0x33, 0x88, 0x64, 0xf3, 0x68, 0x82, 0xc4, 0xae, 0x94, 0x4a,
                                                         0x74, 0x41, 0x00, 0x00, 0xab, 0x25);
static _Atomic uint32_t connection = BLE_HS_CONN_HANDLE_NONE;
static uint8_t address_type;
static char serial[13]; /* twelve hexadecimal digits */
static char name[9];    /* RS- and the last five of them */

static void advertise(void);

/* Asked of the host, which may refuse: 15 to 30 ms, no latency, 5 s. */
static void ask_for_parameters(uint16_t conn) {
    const struct ble_gap_upd_params wanted = {
        .itvl_min = 12, .itvl_max = 24, .latency = 0, .supervision_timeout = 500};
    (void)ble_gap_set_data_len(conn, LL_BYTES, LL_TIME_US);
    (void)ble_gap_update_params(conn, &wanted);
}

/* Some versions of the stack tell of a connection only after its host has agreed upon an MTU and asked for things, and
 * tell of one that broke before as one that failed. So whatever comes of a connection makes it known. */
void radio_heard(uint16_t conn) {
    const uint16_t mtu = ble_att_mtu(conn);
    if (atomic_exchange(&connection, conn) != conn) {
        board_connected((uint16_t)((mtu < BLE_ATT_MTU_DFLT ? BLE_ATT_MTU_DFLT : mtu) - ATT_HEAD));
    }
}

static void lose(void) {
    atomic_store(&connection, BLE_HS_CONN_HANDLE_NONE);
    board_disconnected();
}

static int on_gap(struct ble_gap_event *event, void *unused) {
    (void)unused;
    switch (event->type) {
    case BLE_GAP_EVENT_CONNECT:
        if (event->connect.status == 0) {
            radio_heard(event->connect.conn_handle);
            ask_for_parameters(event->connect.conn_handle);
        } else {
            lose();
            advertise();
        }
        break;
    case BLE_GAP_EVENT_DISCONNECT:
        lose();
        advertise();
        break;
    case BLE_GAP_EVENT_ADV_COMPLETE:
        advertise();
        break;
    case BLE_GAP_EVENT_MTU:
        radio_heard(event->mtu.conn_handle);
        board_payload((uint16_t)(event->mtu.value - ATT_HEAD));
        break;
    default:
        break;
    }
    return 0;
}

static void advertise(void) {
    const struct ble_hs_adv_fields fields = {.flags = BLE_HS_ADV_F_DISC_GEN | BLE_HS_ADV_F_BREDR_UNSUP,
                                             .uuids128 = &advertised,
                                             .num_uuids128 = 1,
                                             .uuids128_is_complete = 1,
                                             .name = (const uint8_t *)name,
                                             .name_len = (uint8_t)strlen(name),
                                             .name_is_complete = 1};
    const struct ble_gap_adv_params how = {.conn_mode = BLE_GAP_CONN_MODE_UND,
                                           .disc_mode = BLE_GAP_DISC_MODE_GEN,
                                           .itvl_min = ADVERTISE_FROM,
                                           .itvl_max = ADVERTISE_TO};
    if (ble_gap_adv_set_fields(&fields) == 0) {
        (void)ble_gap_adv_start(address_type, NULL, BLE_HS_FOREVER, &how, on_gap, NULL);
    }
}

/* Host and controller have met; also after the controller was reset. */
static void on_sync(void) {
    if (ble_hs_util_ensure_addr(0) != 0 || ble_hs_id_infer_auto(0, &address_type) != 0) {
        return;
    }
    advertise();
    /* New firmware that can be reached can be replaced: it is kept. Fails where none is on trial. */
    (void)esp_ota_mark_app_valid_cancel_rollback();
}

static void on_reset(int reason) {
    (void)reason;
    lose();
}

static void host_task(void *unused) {
    (void)unused;
    nimble_port_run();
    nimble_port_freertos_deinit();
}

/* The stack owns a buffer as soon as it is handed over, whatever comes of it: the next try takes a new one. */
static bool notify(void *board, enum rs_channel channel, const uint8_t *bytes, size_t count) {
    const uint16_t conn = (uint16_t)atomic_load(&connection);
    (void)board;
    if (conn == BLE_HS_CONN_HANDLE_NONE) {
        return true; /* it goes nowhere; that the host is gone is on its way */
    }
    if (os_msys_num_free() <= SPARE_BUFFERS) {
        return false;
    }
    struct os_mbuf *buffer = ble_hs_mbuf_from_flat(bytes, (uint16_t)count);
    if (buffer == NULL) {
        return false;
    }
    const int failed = ble_gatts_notify_custom(conn, services_handle(channel), buffer);
    return failed == 0 || failed == BLE_HS_ENOTCONN;
}

static bool make_names(void) {
    uint8_t mac[6];
    if (esp_read_mac(mac, ESP_MAC_BT) != ESP_OK) {
        return false;
    }
    (void)snprintf(serial, sizeof serial, "%02X%02X%02X%02X%02X%02X", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
    (void)snprintf(name, sizeof name, "RS-%s", serial + 7);
    return true;
}

/* The radio keeps its calibration there. */
static bool begin_storage(void) {
    return nvs_flash_init() == ESP_OK || (nvs_flash_erase() == ESP_OK && nvs_flash_init() == ESP_OK);
}

bool radio_begin(struct rs_radio *radio, const char *model) {
    *radio = (struct rs_radio){NULL, notify};
    if (!make_names() || !begin_storage() || nimble_port_init() != ESP_OK) {
        return false;
    }
    const struct ble_gatt_svc_def *services = services_table(model, serial);
    ble_hs_cfg.sync_cb = on_sync;
    ble_hs_cfg.reset_cb = on_reset;
    ble_svc_gap_init();
    ble_svc_gatt_init();
    if (ble_svc_gap_device_name_set(name) != 0 || ble_gatts_count_cfg(services) != 0 ||
        ble_gatts_add_svcs(services) != 0) {
        return false;
    }
    nimble_port_freertos_init(host_task);
    return true;
}

void radio_end(void) {
    if (nimble_port_stop() == 0) {
        ESP_ERROR_CHECK_WITHOUT_ABORT(nimble_port_deinit());
    }
}

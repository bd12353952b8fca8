/* New firmware goes into the half of the flash that does not run; ESP-IDF examines image and signature. */
#include "board.h"
#include "esp_ota_ops.h"

struct slot {
    const esp_partition_t *partition;
    esp_ota_handle_t handle;
};

static bool begin(void *board) {
    struct slot *slot = board;
    slot->partition = esp_ota_get_next_update_partition(NULL);
    return slot->partition != NULL &&
           esp_ota_begin(slot->partition, OTA_WITH_SEQUENTIAL_WRITES, &slot->handle) == ESP_OK;
}

static bool write(void *board, const uint8_t *bytes, size_t count) {
    const struct slot *slot = board;
    return esp_ota_write(slot->handle, bytes, count) == ESP_OK;
}

static bool finish(void *board) {
    const struct slot *slot = board;
    return esp_ota_end(slot->handle) == ESP_OK && esp_ota_set_boot_partition(slot->partition) == ESP_OK;
}

static void drop(void *board) {
    const struct slot *slot = board;
    (void)esp_ota_abort(slot->handle); /* fails where there is nothing to drop */
}

const struct rs_update_slot *update_slot(void) {
    static struct slot slot;
    static const struct rs_update_slot table = {&slot, begin, write, finish, drop};
    return &table;
}

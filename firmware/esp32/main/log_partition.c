/* The log's partition. While it writes or erases, code in flash stands still on both cores; the radio's controller and
 * the watermark's interrupt run from RAM and go on, and the motion chip's FIFO holds what comes meanwhile. */
#include "board.h"
#include "esp_partition.h"

static bool read_bytes(void *board, uint32_t address, void *bytes, size_t count) {
    return board != NULL && esp_partition_read(board, address, bytes, count) == ESP_OK;
}

static bool write_bytes(void *board, uint32_t address, const void *bytes, size_t count) {
    return board != NULL && esp_partition_write(board, address, bytes, count) == ESP_OK;
}

static bool erase_sector(void *board, uint32_t sector) {
    return board != NULL &&
           esp_partition_erase_range(board, (size_t)sector * RS_SECTOR_BYTES, RS_SECTOR_BYTES) == ESP_OK;
}

struct rs_flash log_partition_open(void) {
    const esp_partition_t *found =
        esp_partition_find_first(ESP_PARTITION_TYPE_DATA, ESP_PARTITION_SUBTYPE_ANY, "log");
    const uint32_t sectors = found == NULL ? 0 : found->size / RS_SECTOR_BYTES;
    return (struct rs_flash){(void *)found, sectors, read_bytes, write_bytes, erase_sector};
}

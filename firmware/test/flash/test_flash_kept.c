/* Values that outlive a restart, on a flash that wears out. */
#include <string.h>

#include "check.h"
#include "flash_model.h"
#include "kept.h"

#define SECTORS 8u
#define OLDER (SECTORS - 2u) /* of the two sectors at the end, the one used second */
#define NEWER (SECTORS - 1u)

static bool put(struct rs_kept *kept, int16_t value) {
    struct rs_kept_values values = kept->values;
    values.gyr[5] = value;
    return rs_kept_put(kept, &values);
}

static int16_t value_after_restart(struct flash_model *flash) {
    struct rs_kept again;
    (void)rs_kept_begin(&again, &flash->hal);
    return again.values.gyr[5];
}

static void a_new_sensor_counts_its_starts_from_one(void) {
    struct flash_model flash;
    struct rs_kept kept;
    flash_model_make(&flash, SECTORS);
    for (uint32_t boot = 1; boot < 4; boot++) {
        CHECK(rs_kept_begin(&kept, &flash.hal));
        CHECK(kept.values.boot == boot);
        CHECK(kept.known == (boot > 1));
    }
    flash_model_free(&flash);
}

static void all_values_come_back(void) {
    struct flash_model flash;
    struct rs_kept kept;
    flash_model_make(&flash, SECTORS);
    CHECK(rs_kept_begin(&kept, &flash.hal));
    const struct rs_kept_values wanted = {
        .boot = 0x01020304,
        .acc = {1, -1, 32767, -32768, 5, -6},
        .gyr = {-300, 300, 7, -8, 9, -10},
        .log = {RS_LOG_ENDED, 0x8d, 0xfffe, 2045, 3, 17, 0x7ffffe, 0x700000, 0xfffffffe, 0x1122334455667788},
    };
    CHECK(rs_kept_put(&kept, &wanted));
    CHECK(rs_kept_begin(&kept, &flash.hal));
    const struct rs_kept_values *values = &kept.values;
    CHECK(values->boot == wanted.boot + 1);
    CHECK(memcmp(values->acc, wanted.acc, sizeof wanted.acc) == 0);
    CHECK(memcmp(values->gyr, wanted.gyr, sizeof wanted.gyr) == 0);
    CHECK(values->log.phase == RS_LOG_ENDED && values->log.setting == 0x8d &&
          values->log.generation == 0xfffe);
    CHECK(values->log.first == 2045 && values->log.sectors == 3 && values->log.dirty == 17);
    CHECK(values->log.used == 0x7ffffe && values->log.confirmed == 0x700000);
    CHECK(values->log.boot == 0xfffffffe && values->log.time_us == 0x1122334455667788);
    flash_model_free(&flash);
}

static void both_sectors_age_alike(void) {
    struct flash_model flash;
    struct rs_kept kept;
    flash_model_make(&flash, SECTORS);
    CHECK(rs_kept_begin(&kept, &flash.hal));
    for (int16_t value = 0; value < 6000; value++) {
        CHECK(put(&kept, value));
    }
    CHECK(flash.overwritten == 0);
    CHECK(flash.sector[OLDER].erases >= 49 && flash.sector[OLDER].erases <= 51);
    CHECK(flash.sector[NEWER].erases >= 49 && flash.sector[NEWER].erases <= 51);
    CHECK(value_after_restart(&flash) == 5999);
    printf("6000 changes of kept values: %u and %u erases\n", flash.sector[OLDER].erases,
           flash.sector[NEWER].erases);
    flash_model_free(&flash);
}

/* With every way to fail in the sector that is written to, the other one takes over. */
static void a_sector_that_fails_is_left(void) {
    static const enum flash_fault faults[] = {FLASH_REFUSES, FLASH_LIES, FLASH_DENIES, FLASH_MUTE};
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        struct flash_model flash;
        struct rs_kept kept;
        flash_model_make(&flash, SECTORS);
        CHECK(rs_kept_begin(&kept, &flash.hal));
        CHECK(put(&kept, 1));
        flash.sector[SECTORS - RS_KEPT_SECTORS + kept.sector].fault = faults[i];
        CHECK(put(&kept, 2));
        CHECK(value_after_restart(&flash) == 2);
        CHECK(flash.overwritten == 0);
        flash_model_free(&flash);
    }
}

static void where_neither_can_be_written_all_stays(void) {
    struct flash_model flash;
    struct rs_kept kept;
    flash_model_make(&flash, SECTORS);
    CHECK(rs_kept_begin(&kept, &flash.hal));
    CHECK(put(&kept, 1));
    flash.sector[OLDER].fault = FLASH_LIES;
    flash.sector[NEWER].fault = FLASH_LIES;
    CHECK(!put(&kept, 2));
    CHECK(kept.values.gyr[5] == 1);
    CHECK(value_after_restart(&flash) == 1);
    CHECK(!rs_kept_begin(&kept, &flash.hal));
    CHECK(kept.values.boot == 2); /* counted all the same, for this life */
    flash.sector[OLDER].fault = FLASH_SOUND;
    flash.sector[NEWER].fault = FLASH_SOUND;
    CHECK(put(&kept, 3));
    CHECK(value_after_restart(&flash) == 3);
    flash_model_free(&flash);
}

/* The flash said no, and yet it is written: what comes after it counts as newer. */
static void a_late_refusal_does_no_harm(void) {
    struct flash_model flash;
    struct rs_kept kept;
    flash_model_make(&flash, SECTORS);
    CHECK(rs_kept_begin(&kept, &flash.hal));
    flash.sector[OLDER].fault = flash.sector[NEWER].fault = FLASH_DENIES;
    CHECK(!put(&kept, 2));
    flash.sector[OLDER].fault = flash.sector[NEWER].fault = FLASH_SOUND;
    CHECK(put(&kept, 4));
    CHECK(put(&kept, 3));
    CHECK(value_after_restart(&flash) == 3);
    flash_model_free(&flash);
}

static void a_flipped_bit_anywhere_in_a_record_loses_only_this_record(void) {
    for (size_t bit = 0; bit < RS_KEPT_BYTES * 8; bit++) {
        struct flash_model flash;
        struct rs_kept kept;
        flash_model_make(&flash, SECTORS);
        CHECK(rs_kept_begin(&kept, &flash.hal) && put(&kept, 11) && put(&kept, 12));
        size_t newest =
            (SECTORS - RS_KEPT_SECTORS + kept.sector) * RS_SECTOR_BYTES + kept.next - RS_KEPT_BYTES;
        flash.bytes[newest + bit / 8] ^= (uint8_t)(1u << bit % 8);
        CHECK(value_after_restart(&flash) == 11);
        CHECK(value_after_restart(&flash) == 11);
        CHECK(flash.overwritten == 0);
        flash_model_free(&flash);
    }
}

int main(void) {
    a_new_sensor_counts_its_starts_from_one();
    all_values_come_back();
    both_sectors_age_alike();
    a_sector_that_fails_is_left();
    where_neither_can_be_written_all_stays();
    a_late_refusal_does_no_harm();
    a_flipped_bit_anywhere_in_a_record_loses_only_this_record();
    return checks_failed > 0;
}

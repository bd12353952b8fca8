#include "charge.h"

static void read(struct rs_charge *charge, const struct rs_panel *panel, uint64_t now_us) {
    charge->now = panel->battery(panel->board);
    charge->read_us = now_us;
}

void rs_charge_begin(struct rs_charge *charge, const struct rs_panel *panel, uint64_t now_us) {
    read(charge, panel, now_us);
    charge->empty = charge->now.millivolts < RS_CHARGE_EMPTY_MV ? RS_CHARGE_READINGS : 0;
}

void rs_charge_poll(struct rs_charge *charge, const struct rs_panel *panel, uint64_t now_us) {
    if (now_us - charge->read_us < RS_CHARGE_EVERY_US) {
        return;
    }
    read(charge, panel, now_us);
    if (charge->now.millivolts >= RS_CHARGE_EMPTY_MV) {
        charge->empty = 0;
    } else if (charge->empty < RS_CHARGE_READINGS) {
        charge->empty++;
    }
}

bool rs_charge_is_low(const struct rs_charge *charge) { return charge->now.millivolts < RS_CHARGE_LOW_MV; }

bool rs_charge_is_empty(const struct rs_charge *charge) { return charge->empty == RS_CHARGE_READINGS; }

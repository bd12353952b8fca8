#include "inbox.h"

#include <string.h>

void rs_inbox_begin(struct rs_inbox *inbox) { *inbox = (struct rs_inbox){0}; }

void rs_inbox_connected(struct rs_inbox *inbox, uint16_t payload) {
    inbox->connected = true;
    inbox->payload = payload;
    inbox->connections++;
    inbox->count = 0;
}

void rs_inbox_payload(struct rs_inbox *inbox, uint16_t payload) { inbox->payload = payload; }

void rs_inbox_disconnected(struct rs_inbox *inbox) {
    inbox->connected = false;
    inbox->count = 0;
}

bool rs_inbox_write(struct rs_inbox *inbox, enum rs_channel channel, const uint8_t *bytes, size_t count,
                    uint64_t came_us) {
    if (!inbox->connected || inbox->count == RS_INBOX_WRITES) {
        return false;
    }
    struct rs_inbox_write *write = &inbox->writes[inbox->count++];
    write->channel = channel;
    write->count = (uint8_t)(count < RS_INBOX_BYTES ? count : RS_INBOX_BYTES);
    write->came_us = came_us;
    memcpy(write->bytes, bytes, write->count);
    return true;
}

static void tell_connection(struct rs_inbox *inbox, struct rs_device *device) {
    if (inbox->told && (!inbox->connected || inbox->told_connections != inbox->connections)) {
        rs_device_disconnected(device);
        inbox->told = false;
    }
    if (inbox->connected && !inbox->told) {
        rs_device_connected(device, inbox->payload);
    } else if (inbox->told && inbox->told_payload != inbox->payload) {
        rs_device_payload(device, inbox->payload);
    }
    inbox->told = inbox->connected;
    inbox->told_payload = inbox->payload;
    inbox->told_connections = inbox->connections;
}

void rs_inbox_deliver(struct rs_inbox *inbox, struct rs_device *device) {
    tell_connection(inbox, device);
    for (uint8_t i = 0; i < inbox->count; i++) {
        const struct rs_inbox_write *write = &inbox->writes[i];
        rs_device_write(device, write->channel, write->bytes, write->count, write->came_us);
    }
    inbox->count = 0;
}

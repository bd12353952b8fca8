"""Our own ESP32 sensors: the protocol of docs/esp32-protocol.md, as the collector speaks it."""

"""Virtual sensors: boards that answer byte for byte as real ones do, worn by the simulated runner.

They do no I/O. MetaMotion boards share no tables with the driver they are talked to by; the ESP32 board
shares those of our own protocol, held in place by the worked examples of docs/esp32-protocol.md.
"""

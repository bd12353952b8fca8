"""Sensors: a folder per hardware, `protocol` (bytes and messages, no I/O) and `device` (the radio)."""

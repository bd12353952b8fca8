"""The radio: the system's own Bluetooth, or a controller spoken to directly (a dongle, or virtual air)."""

"""Resetting, disconnecting and removing every program on a board."""

from imu.devices.metamotion import log, processors
from imu.devices.metamotion.modules import Module

RESET = bytes([Module.DEBUG, 0x01])
JUMP_TO_BOOTLOADER = bytes([Module.DEBUG, 0x02])
RESET_AFTER_COLLECTION = bytes([Module.DEBUG, 0x05])  # after garbage collection; some firmware skips it
DISCONNECT = bytes([Module.DEBUG, 0x06])
POWER_SAVE = bytes([Module.DEBUG, 0x07])

REMOVE_EVENTS = bytes([Module.EVENT, 0x05])
TEAR_DOWN = (processors.REMOVE_ALL, REMOVE_EVENTS, log.REMOVE_LOGGERS)

"""Passwords as the store keeps them."""

from imu.store.passwords import SHORTEST as SHORTEST, fits as fits, hashed as hashed

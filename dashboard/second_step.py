"""Codes of an app on a phone, as a second step of signing in (TOTP, RFC 6238)."""

import hmac
from datetime import datetime

import pyotp
import segno

STEP_S = 30
_DRIFT = (0, -1, 1)  # steps that a phone's clock may be off, and that typing may take


def new_secret() -> str:
    return pyotp.random_base32()


def step_of(code: str, secret: str, *, now: datetime) -> int | None:
    """The step of time whose code this is; None for a wrong one. Take it once (`Profiles.use_step`)."""
    typed = "".join(code.split()).encode()
    current = int(now.timestamp()) // STEP_S
    codes = pyotp.TOTP(secret, interval=STEP_S)
    for drift in _DRIFT:
        if hmac.compare_digest(codes.generate_otp(current + drift).encode(), typed):
            return current + drift
    return None


def picture(secret: str, *, name: str) -> str:
    """A QR code for an app to read, as the address of an SVG in itself."""
    address = pyotp.TOTP(secret, interval=STEP_S).provisioning_uri(name=name, issuer_name="Restride")
    return segno.make(address, error="m").svg_data_uri(scale=5, border=4, light="white")

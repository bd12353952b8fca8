"""Every word on a screen that the rules of `imu` do not say themselves."""

from dashboard.text.catalogue import (
    N_ as N_,
    _ as _,
    language as language,
    ngettext as ngettext,
    units as units,
)

__all__ = ["N_", "_", "language", "ngettext", "units"]

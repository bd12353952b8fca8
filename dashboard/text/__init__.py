"""Every word on a screen that the rules of `imu` do not say themselves."""

from dashboard.text.catalogue import (
    N_ as N_,
    _ as _,
    as_linked as as_linked,
    language as language,
    linked as linked,
    ngettext as ngettext,
    units as units,
)

__all__ = ["N_", "_", "as_linked", "language", "linked", "ngettext", "units"]

"""That whoever is signed in is still who he says: asked before what cannot be taken back, lets somebody
in, or takes everything away. So a minute at somebody's browser is not enough for it.
"""

from datetime import timedelta
from typing import Any

from dashboard import desk
from dashboard.text import _
from imu.store import Account
from imu.store.passwords import fits

_LATELY = timedelta(minutes=10)


def password_is_wrong(account: Account, typed: Any) -> str | None:
    """Why what was typed does not prove who is there; tries count as at the sign-in page.

    An account without a password, which an identity provider signs in, proves it by having come just now.
    """
    sign_ins = desk.store().sign_ins
    if (kept := sign_ins.password_hash(account.name)) is None:
        return None if _came_lately(account) else _("Sign out and in again first, and then do this at once.")
    if sign_ins.attempt(account.name) is not None:
        return _("Too many tries. Wait for a quarter of an hour.")
    if not fits(str(typed or ""), kept):
        return _("This is not your password.")
    sign_ins.succeeded(account.name)
    return None


def _came_lately(account: Account) -> bool:
    store = desk.store()
    known = store.sign_ins.browsers(account, this=desk.browser())
    return any(one.is_this and store.now() - one.made_at <= _LATELY for one in known)

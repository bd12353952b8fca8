"""Who acts and on whose data: options that every verb of the story shares, and the store behind them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from imu.home import home

if TYPE_CHECKING:
    from imu.store import Account, Store

AthleteOption = Annotated[
    str | None,
    typer.Option("--athlete", metavar="NAME", help="Whose data.  [default: your own, or the only one]"),
]
AsOption = Annotated[
    str | None,
    typer.Option(
        "--as",
        metavar="ACCOUNT",
        envvar="RESTRIDE_AS",
        help="The account that acts: it sees and changes what was shared with it, and the log says so.  "
        "[default: the only one]",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print it as JSON.")]


@contextmanager
def opened(account: str | None) -> "Iterator[tuple[Store, Account]]":
    """The store of this home, and the account that acts. `Forbidden` for one that is unknown or closed."""
    from imu.errors import Forbidden
    from imu.store import Store

    store = Store.at(home())
    try:
        if account is None:
            yield store, store.only_account()
            return
        known = {one.name: one for one in store.accounts() if one.disabled_at is None}
        if account not in known:
            raise Forbidden(f"account {account}: there is none, or it is closed; see restride accounts list")
        yield store, known[account]
    finally:
        store.close()

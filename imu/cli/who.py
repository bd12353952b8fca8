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
        "[default: the only account; where there are several, say which]",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print it as JSON.")]


@contextmanager
def opened(account: str | None) -> "Iterator[tuple[Store, Account]]":
    """The store of this home, and the account that acts, which is never guessed among several.

    `Forbidden` for one that is unknown or closed.
    """
    from imu.store import Store

    store = Store.at(home())
    try:
        yield store, store.only_account() if account is None else store.named(account)
    finally:
        store.close()

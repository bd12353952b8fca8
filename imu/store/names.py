"""Names: how they are kept, and whom a typed one means. No two new accounts differ only in case."""

from unicodedata import normalize

from sqlalchemy import select
from sqlalchemy.orm import Session

from imu.errors import StoreError
from imu.store.rows import AccountRow


def printable_name(name: str) -> str:
    shown = " ".join(name.split())
    if not shown or len(shown) > 80 or not shown.isprintable():
        raise StoreError(f"{name!r}: a name has 1 to 80 characters that can be printed")
    return shown


def folded(name: str) -> str:
    """Equal for two names that differ only in case, or in how their letters are written down."""
    return normalize("NFKC", normalize("NFKC", name).casefold())


def new_account_name(session: Session, name: str) -> str:
    """The name as it is kept. StoreError for one that somebody has, be it in other letters' case."""
    name = printable_name(name)
    names = session.scalars(select(AccountRow.name)).all()
    if name in names:
        raise StoreError(f"account {name}: there is one of this name; choose another")
    for other in names:
        if folded(other) == folded(name):
            raise StoreError(f"account {name}: there is {other}, which differs only in case; choose another")
    return name


def account_row(session: Session, name: str) -> AccountRow | None:
    """The account of exactly this name, else the only one whose name differs only in case; closed ones too.

    StoreError where several differ only in case: older stores may have such accounts.
    """
    meant = _meant(session, name)
    if len(meant) > 1:
        which = " and ".join(sorted(one.name for one in meant))
        raise StoreError(f"account {name}: {which} differ only in case; write the one you mean exactly so")
    return meant[0] if meant else None


def open_account(session: Session, name: str) -> AccountRow | None:
    """For whoever comes from outside: None also for a closed one, and where several differ only in case."""
    meant = _meant(session, name)
    return meant[0] if len(meant) == 1 and meant[0].disabled_at is None else None


def _meant(session: Session, name: str) -> list[AccountRow]:
    """The account of exactly this name, or all whose names differ from it only in case."""
    exactly = session.scalar(select(AccountRow).where(AccountRow.name == name))
    if exactly is not None:
        return [exactly]
    # In Python: each database folds other letters.
    known = session.execute(select(AccountRow.account_id, AccountRow.name))
    meant = [account_id for account_id, other in known if folded(other) == folded(name)]
    return [session.get_one(AccountRow, account_id) for account_id in meant]

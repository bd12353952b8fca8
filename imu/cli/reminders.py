"""One line at other verbs when a question about a run is due. Read at every start: it costs nothing."""

import json
import os
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from imu.followup.questions import Question
    from imu.store import Account, Store

FILE = "due.json"  # names of accounts, how many there are, and times: no run, no answer
_ASKED, _ACCOUNTS = "asked", "accounts"


def remember(home: Path, account: str, questions: "tuple[Question, ...]", *, accounts: int) -> None:
    """Keep when this account, of so many, has questions to answer. Where that cannot be kept, nobody is
    reminded."""
    spans = [[one.since.isoformat(), one.until.isoformat()] for one in questions]
    _keep(home, {_ACCOUNTS: accounts, _ASKED: {**_asked(home), account: spans}})


def recount(home: Path, store: "Store") -> None:
    """Keep anew how many accounts there are; after whatever changes that."""
    if asked := _asked(home):
        _keep(home, {_ACCOUNTS: _number_of_accounts(store), _ASKED: asked})


def _keep(home: Path, content: dict[str, Any]) -> None:
    beside = home / f"{FILE}.{os.getpid()}"
    with suppress(OSError):
        beside.write_text(json.dumps(content), encoding="utf-8")
        beside.replace(home / FILE)


def _number_of_accounts(store: "Store") -> int:
    return sum(one.disabled_at is None for one in store.accounts())


def refresh(home: Path, store: "Store", viewer: "Account", athlete_id: str) -> None:
    """Keep anew when an account is asked about its own runs; after whatever may change that."""
    from imu.followup.questions import coming_questions

    with store.seen_by(viewer) as repository:
        if not any(one.is_own and one.athlete_id == athlete_id for one in repository.sharing.athletes()):
            return
        history = repository.record(athlete_id, segments=False).history
        asked = coming_questions(history, now=repository.now(athlete_id))
    remember(home, viewer.name, asked, accounts=_number_of_accounts(store))


def forget(home: Path) -> None:
    """Remind nobody, until the next verb that changes something."""
    (home / FILE).unlink(missing_ok=True)


def questions_due(home: Path, *, now: datetime) -> int:
    """How many questions wait for whoever acts when nobody says who; none where that is not known."""
    kept = _asked(home)
    account = os.environ.get("RESTRIDE_AS") or (next(iter(kept)) if len(kept) == 1 else None)
    if account is None or any(word.partition("=")[0] == "--as" for word in sys.argv):
        return 0
    with suppress(ValueError, TypeError):
        spans = [tuple(map(datetime.fromisoformat, span)) for span in kept.get(account, [])]
        return sum(since <= now <= until for since, until in spans)
    return 0


def account_to_name(home: Path) -> str | None:
    """The account whose questions are due, where there are several and nobody said which one acts."""
    kept = _kept(home)
    if os.environ.get("RESTRIDE_AS") or kept.get(_ACCOUNTS) == 1:
        return None
    return next(iter(_asked(home)), None)


def _asked(home: Path) -> dict[str, list[list[str]]]:
    asked = _kept(home).get(_ASKED)
    return asked if isinstance(asked, dict) else {}


def _kept(home: Path) -> dict[str, Any]:
    try:
        kept = json.loads((home / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}

"""Somebody else at the same store."""

import sqlite3
from contextlib import closing

from imu.store import Store


def may_write(store: Store) -> bool:
    """Whether he could write now without waiting for anybody."""
    with closing(sqlite3.connect(str(store.engine.url.database), timeout=0)) as other:
        try:
            other.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
    return True

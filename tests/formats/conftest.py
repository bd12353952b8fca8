"""Files of watches as readers get them."""

from collections.abc import Callable

import pytest

from imu.formats import Activity, Answers, Source
from imu.formats.reading import read_source

Read = Callable[..., list[Activity]]


@pytest.fixture(scope="session")
def activities() -> Read:
    """`activities("run.fit", content)`: all that the bytes or the text hold."""

    def read(name: str, content: bytes | str, answers: Answers = Answers()) -> list[Activity]:
        raw = content.encode() if isinstance(content, str) else content
        return [one for one in read_source(Source.of_bytes(name, raw), answers) if isinstance(one, Activity)]

    return read

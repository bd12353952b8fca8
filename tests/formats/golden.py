"""One small good file of every kind, made here: what mutations and hostile files begin with."""

import gzip
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import cache

from tests.formats.apple import START, Run, export_xml
from tests.formats.sensors_golden import SENSOR_GENERATORS
from tests.formats.watches import an_hour, fit_bytes, gpx_text, tcx_text
from tests.formats.zips import apple_zip, strava_zip, zipped

SHORT = Run(minutes=0.5)


def _fit() -> bytes:
    return fit_bytes(an_hour(seconds=100), positions=True)


def _strava() -> bytes:
    days = [replace(an_hour(seconds=100), start=START + timedelta(days=day)) for day in range(3)]
    return strava_zip(
        {
            "activities/1.fit.gz": ("Morning", "Run", gzip.compress(fit_bytes(days[0]))),
            "activities/2.gpx": ("Evening", "Lauf", gpx_text(days[1]).encode()),
            "activities/3.tcx.gz": ("Track", "Course à pied", gzip.compress(tcx_text(days[2]).encode())),
        },
        by_hand=1,
        more={"media/1.jpg": b"\xff\xd8\xff"},
    )


# A format that comes adds its generator here; the name is what the file might be called.
GENERATORS: Mapping[str, Callable[[], bytes]] = {
    **SENSOR_GENERATORS,
    "run.fit": _fit,
    "run.gpx": lambda: gpx_text(an_hour(seconds=100)).encode(),
    "run.tcx": lambda: tcx_text(an_hour(seconds=100)).encode(),
    "export.xml": lambda: export_xml(SHORT),
    "export.zip": lambda: apple_zip(SHORT),
    "export.xml.gz": lambda: gzip.compress(export_xml(SHORT)),
    "strava.zip": _strava,
    "account.zip": lambda: zipped({"2025.zip": zipped({"1.fit": _fit()}), "2.xml": export_xml(SHORT)}),
}


@cache
def golden(name: str) -> bytes:
    return GENERATORS[name]()

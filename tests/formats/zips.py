"""Writes zips: honest ones, and ones that mean harm."""

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

from tests.formats.apple import END, Run, export_xml

# Half of what a bomb needs is that a reader goes on: elements that are nothing to it.
_MEGABYTE = (b"<Nothing" + b" " * 240 + b"/>\n") * 4178


def zipped(files: Mapping[str, bytes], *, packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def apple_zip(*runs: Run) -> bytes:
    """As a phone exports it: the file that counts, a copy for clinics, a route a run."""
    return zipped(
        {
            "apple_health_export/workout-routes/route_2025-01-14_12.40pm.gpx": b"<gpx/>",
            "apple_health_export/export.xml": export_xml(*runs),
            "apple_health_export/export_cda.xml": b"<ClinicalDocument/>",
        }
    )


STRAVA_HEADERS = {
    "English": "Activity ID,Activity Date,Activity Name,Activity Type,Activity Description,Elapsed Time,"
    "Distance,Max Heart Rate,Relative Effort,Commute,Activity Private Note,Activity Gear,Filename,"
    "Athlete Weight",
    "German": "Aktivitäts-ID,Aktivitätsdatum,Name der Aktivität,Aktivitätsart,Aktivitätsbeschreibung,"
    "Verstrichene Zeit,Distanz,Max. Herzfrequenz,Relative Leistung,Pendeln,Hinweis zur Privatsphäre für "
    "Aktivitäten,Aktivitätsausrüstung,Dateiname,Sportlergewicht",
    "before 2019": "id,date,name,type,description,elapsed_time,distance,commute,gear,filename",
    "unknown": "アクティビティID,日付,名前,種類,説明,時間,距離,a,b,c,d,e,ファイル,体重",
}


def strava_row(number: int, name: str, sport: str, file: str, columns: int) -> str:
    row = [str(number), '"14.01.2025, 11:30:00"', f'"{name}"', sport, '"first line\nsecond, line"', "600"]
    row += [""] * (columns - len(row))
    row[9 if columns == 10 else 12] = file
    return ",".join(row)


def strava_zip(
    activities: Mapping[str, tuple[str, str, bytes]],
    *,
    language: str = "English",
    folder: str = "",
    by_hand: int = 0,
    more: Mapping[str, bytes] | None = None,
) -> bytes:
    """A bulk export; activities: file -> name, sport, content. Some without a file, some files beside."""
    header = STRAVA_HEADERS[language]
    columns = header.count(",") + 1
    rows = [
        strava_row(number, name, sport, file, columns)
        for number, (file, (name, sport, _)) in enumerate(activities.items())
    ]
    rows += [strava_row(1000 + number, "From memory", "Run", "", columns) for number in range(by_hand)]
    files = {f"{folder}{file}": content for file, (_, _, content) in activities.items()}
    listed = "\n".join((header, *rows, "")).encode()
    return zipped({**files, f"{folder}activities.csv": listed, **(more or {})})


def nested(depth: int, content: bytes) -> bytes:
    for level in range(depth):
        content = zipped({f"level{level}.zip": content, "photo.jpg": b"\xff\xd8"})
    return content


def encrypted(content: bytes) -> bytes:
    """The same zip with every member marked as encrypted."""
    out = bytearray(content)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := out.find(mark, at + 1)) >= 0:
            out[at + offset] |= 1
    return bytes(out)


def with_size(content: bytes, size: int) -> bytes:
    """The same zip, whose table of contents says that every member unpacks to this size."""
    out = bytearray(content)
    at = -1
    while (at := out.find(b"PK\x01\x02", at + 1)) >= 0:
        struct.pack_into("<I", out, at + 24, size)
    return bytes(out)


def nameless(content: bytes) -> bytes:
    """A zip of one member whose name has no letter: its one letter is moved to the extra field."""
    out = bytearray(zipped({"x": content}))
    for mark, offset in ((b"PK\x03\x04", 26), (b"PK\x01\x02", 28)):
        struct.pack_into("<2H", out, out.find(mark) + offset, 0, 1)
    return bytes(out)


def overlapping(count: int) -> bytes:
    """A zip whose entries all point at the same packed bytes: small outside, many times as much inside."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packed.compress(bytes(1 << 20)) + packed.flush()
    crc = zlib.crc32(bytes(1 << 20))
    local = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 0, crc, len(body), 1 << 20, 1, 0) + b"a"
    entries = b"".join(
        struct.pack(
            "<4s6H3L5H2L",
            *(b"PK\x01\x02", 20, 20, 0, 8, 0, 0, crc, len(body), 1 << 20, 1, 0, 0, 0, 0, 0, 0),
        )
        + b"a"
        for _ in range(count)
    )
    data = local + body
    end = struct.pack(
        "<4s4H2LH", b"PK\x05\x06", 0, 0, count & 0xFFFF, count & 0xFFFF, len(entries), len(data), 0
    )
    return data + entries + end


def flat_bomb(megabytes: int) -> bytes:
    """Megabytes of nothing in kilobytes of zip, beginning like an export."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("export.xml", "w") as member,
    ):
        member.write(export_xml().removesuffix(END.encode()))
        for _ in range(megabytes):
            member.write(_MEGABYTE)
    return out.getvalue()


def gz_bomb(megabytes: int, begin: bytes) -> bytes:
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb") as packed:
        packed.write(begin)
        for _ in range(megabytes):
            packed.write(_MEGABYTE)
    return out.getvalue()


def names_only(count: int) -> bytes:
    """A table of contents without contents."""
    return zipped({f"{number}": b"" for number in range(count)}, packing=zipfile.ZIP_STORED)

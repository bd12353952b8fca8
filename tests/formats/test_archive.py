"""A zip of anything: what can be read is read, what cannot is named, and nothing in it is believed."""

import gzip
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from imu.errors import RecordingError
from imu.formats import Activity, Answers, Limits, Refused, read_all
from imu.formats.content import Content
from imu.formats.reading import read_source
from imu.formats.source import Source
from tests.formats.apple import END, START, Run, export_xml
from tests.formats.zips import (
    apple_zip,
    encrypted,
    flat_bomb,
    gz_bomb,
    nameless,
    names_only,
    nested,
    overlapping,
    with_size,
    zipped,
)

A_RUN = export_xml(Run(minutes=1))


def contents(content: bytes, *, limits: Limits = Limits()) -> list[Content]:
    return list(read_source(Source.of_bytes("all.zip", content, limits=limits), Answers()))


def read_and_refused(content: bytes, *, limits: Limits = Limits()) -> tuple[list[Activity], list[Refused]]:
    found = contents(content, limits=limits)
    return (
        [one for one in found if isinstance(one, Activity)],
        [one for one in found if isinstance(one, Refused)],
    )


def test_files_of_a_zip_are_read_under_their_own_names() -> None:
    day = timedelta(days=1)
    runs, refused = read_and_refused(
        zipped(
            {
                "old/2024.xml.gz": gzip.compress(export_xml(Run(start=START - 365 * day, minutes=1))),
                "old/2025.zip": zipped({"in/it.xml": A_RUN}),
            }
        )
    )

    assert [run.start for run in runs] == [START - 365 * day, START]
    assert runs[0].origin.startswith("all.zip/old/2024.xml (")
    assert runs[1].origin.startswith("all.zip/old/2025.zip/in/it.xml (")
    assert refused == []


def test_of_an_apple_export_only_the_file_that_counts_is_read() -> None:
    runs, refused = read_and_refused(apple_zip())

    assert len(runs) == 1
    assert [one.is_known for one in refused] == [False, False]


def test_one_damaged_file_is_named_and_the_others_are_read() -> None:
    runs, refused = read_and_refused(
        zipped({"1.xml.gz": gzip.compress(A_RUN), "2.xml.gz": gzip.compress(A_RUN)[:-9], "3.txt": b"hello"})
    )

    assert len(runs) == 1
    assert [(one.origin, one.is_known) for one in refused] == [
        ("all.zip/2.xml.gz", True),
        ("all.zip/3.txt", False),
    ]
    assert "copy it again" in refused[0].reason


def test_what_a_mac_adds_is_nothing() -> None:
    runs, refused = read_and_refused(
        zipped(
            {
                "export.xml": A_RUN,
                "__MACOSX/._export.xml": b"\0\5\x16\7",
                "._export.xml": b"\0",
                ".DS_Store": b"\0",
            }
        )
    )

    assert len(runs) == 1
    assert refused == []


def test_encrypted_files_are_refused_with_what_to_do() -> None:
    _, refused = read_and_refused(encrypted(zipped({"export.xml.gz": gzip.compress(A_RUN)})))

    assert "is encrypted; unpack the archive with its password" in refused[0].reason


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_rare_ways_of_packing_are_refused_with_what_to_do(packing: int) -> None:
    _, refused = read_and_refused(zipped({"export.xml": A_RUN}, packing=packing))

    assert "pack it again as an ordinary zip" in refused[0].reason


@pytest.mark.parametrize(
    "name", ["../../../../etc/cron.d/x", "/etc/passwd", "C:\\x", "a\x00b", "\x1b[2J", "con"]
)
def test_a_name_is_only_a_word(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    runs, _ = read_and_refused(zipped({name: A_RUN}))

    assert len(runs) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_file_without_a_name_is_a_file() -> None:
    runs, _ = read_and_refused(nameless(A_RUN))

    assert len(runs) == 1


def test_a_zip_of_photographs_says_that_it_holds_nothing() -> None:
    with pytest.raises(RecordingError, match=r"all\.zip: holds no file of a kind known here"):
        contents(zipped({"1.jpg": b"\xff\xd8\xff", "2.txt": b"hello"}))


@pytest.mark.parametrize("content", [zipped({}), names_only(3), zipped({"folder/": b""})])
def test_an_empty_zip_says_so(content: bytes) -> None:
    with pytest.raises(RecordingError, match="holds no file of a kind known here"):
        contents(content)


def test_archives_within_archives_have_an_end() -> None:
    runs, _ = read_and_refused(nested(1, zipped({"export.xml": A_RUN})))
    assert len(runs) == 1

    _, refused = read_and_refused(nested(2, zipped({"export.xml": A_RUN})))
    assert any("is an archive within 2 others" in one.reason for one in refused)


def test_archives_within_archives_share_one_bill() -> None:
    inner = zipped({f"{number}.txt": b"x" for number in range(30)})
    limits = Limits(max_members=100)

    _, refused = read_and_refused(
        zipped({"run.xml": A_RUN, **{f"{number}.zip": inner for number in range(5)}}), limits=limits
    )

    assert sum("more than 100" in one.reason for one in refused) == 2


def test_files_that_overlap_are_not_unpacked() -> None:
    with pytest.raises(RecordingError, match="holds files that overlap"):
        contents(overlapping(1000))


def test_a_bomb_is_refused_when_it_is_out_of_proportion() -> None:
    _, refused = read_and_refused(flat_bomb(16))

    assert "out of proportion" in refused[0].reason


def test_a_gz_bomb_is_refused_when_it_is_out_of_proportion() -> None:
    with pytest.raises(RecordingError, match="out of proportion"):
        contents(gz_bomb(16, A_RUN.removesuffix(END.encode())))


@pytest.mark.parametrize("size", [0, 10, 1 << 31, 0xFFFFFFFE])
def test_a_lie_about_the_size_is_damage_or_harmless(size: int) -> None:
    try:
        runs, refused = read_and_refused(with_size(zipped({"export.xml": A_RUN}), size))
    except RecordingError as error:
        assert "holds no file of a kind known" in str(error)  # noqa: PT017 - either way is fine
    else:
        assert len(runs) == 1 or "copy it again" in refused[0].reason or "more than" in refused[0].reason


def test_too_many_files_are_refused() -> None:
    with pytest.raises(RecordingError, match="holds 11 files, more than 10"):
        contents(zipped({f"{number}": b"x" for number in range(11)}), limits=Limits(max_members=10))


def test_a_table_of_contents_that_fits_no_memory_is_not_read() -> None:
    with pytest.raises(RecordingError, match="table of contents"):
        contents(names_only(500), limits=Limits(max_members=10))


@pytest.mark.parametrize("kept", [4, 30, 200, -1, -22, -30])
def test_a_copy_that_broke_off_is_refused(kept: int) -> None:
    with pytest.raises(RecordingError, match="copy it again"):
        contents(zipped({"export.xml": A_RUN})[:kept])


def test_a_large_zip_with_64_bit_sizes_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large.zip"
    with zipfile.ZipFile(path, "w") as archive, archive.open("export.xml", "w", force_zip64=True) as member:
        member.write(A_RUN)

    assert len(list(read_all([path]))) == 1


def test_progress_of_several_files_goes_up_to_the_end(tmp_path: Path) -> None:
    shares: list[float] = []
    for name in ("a.zip", "b.zip"):
        (tmp_path / name).write_bytes(apple_zip())

    found = list(read_all([tmp_path / "a.zip", tmp_path / "b.zip"], progress=shares.append))

    assert sum(isinstance(one, Activity) for one in found) == 2
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_reading_can_be_left_at_any_time(tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    path.write_bytes(zipped({"1.xml.gz": gzip.compress(A_RUN), "2.xml.gz": gzip.compress(A_RUN)}))
    reading = read_all([path])
    assert isinstance(reading, Iterator)

    assert isinstance(next(reading), Activity)
    reading.close()  # type: ignore[attr-defined]

    path.unlink()


def test_a_name_cannot_write_to_the_terminal() -> None:
    evil = "evil\x1b]0;owned\x07\nrestride: 400 read"
    _runs, refused = read_and_refused(
        zipped({"1.xml.gz": gzip.compress(A_RUN), f"{evil}.jpg": b"\xff\xd8\xff", f"{evil}.gpx": b"<gpx"})
    )
    assert len(refused) == 2
    assert all(one.origin.isprintable() and one.reason.isprintable() for one in refused)

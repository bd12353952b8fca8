"""What can be wrong with files and folders."""

import os
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.bad_input.corpus import Draft, broken, spoiled


def _pelvis(run: Path) -> Path:
    (file,) = run.glob("pelvis.*")
    return file


def _edit(run: Path, change: Callable[[str], str]) -> None:
    file = _pelvis(run)
    file.write_bytes(change(file.read_bytes().decode()).encode())


@broken(r"run_that_never_was: does not exist")
def folder_does_not_exist(run: Path) -> Path:
    return run.with_name("run_that_never_was")


@broken(r"recording\.json: does not exist; a folder without it holds no recording")
def folder_is_empty(run: Path) -> Path:
    (run / "empty").mkdir()
    return run / "empty"


@broken(r"pelvis\.parquet: is not a recording, which is a folder with a recording\.json and sensor files")
def path_is_a_sensor_file(run: Path) -> Path:
    return _pelvis(run)


@broken(r"loop: cannot be read \(Too many levels of symbolic links\)")
def folder_is_a_symlink_loop(run: Path) -> Path:
    loop = run / "loop"
    loop.symlink_to(loop)
    return loop


@broken(r"File name too long")
def folder_name_is_too_long(run: Path) -> Path:
    return run / ("x" * 5000)


@broken(r"does not exist|cannot be read")
def folder_is_below_a_file(run: Path) -> Path:
    return _pelvis(run) / "inside"


@broken(r"pelvis\.parquet: is a folder, not a file")
def sensor_file_is_a_folder(run: Path) -> None:
    _pelvis(run).unlink()
    (run / "pelvis.parquet").mkdir()


@broken(r"pelvis\.parquet: is a device, not a file")
def sensor_file_is_a_pipe(run: Path) -> None:
    _pelvis(run).unlink()
    os.mkfifo(run / "pelvis.parquet")


@broken(r"pelvis\.parquet: cannot be read \(Too many levels of symbolic links\)")
def sensor_file_is_a_symlink_loop(run: Path) -> None:
    _pelvis(run).unlink()
    (run / "pelvis.parquet").symlink_to("pelvis.parquet")


@broken(r"pelvis\.parquet: does not exist")
def sensor_file_is_a_dangling_symlink(run: Path) -> None:
    _pelvis(run).unlink()
    (run / "pelvis.parquet").symlink_to("gone.parquet")


@broken(r"run: holds both pelvis\.parquet and pelvis\.csv; keep the right one")
def sensor_has_two_files(run: Path) -> None:
    (run / "pelvis.csv").write_text("time,acc_x,acc_y,acc_z\n")


@broken(r"pelvis\.parquet: is empty")
def parquet_is_empty(run: Path) -> None:
    _pelvis(run).write_bytes(b"")


@broken(r"pelvis\.parquet: cannot be read as Parquet; copy or export it again \(.*\)$")
def parquet_is_cut_short(run: Path) -> None:
    _pelvis(run).write_bytes(_pelvis(run).read_bytes()[:-1000])


@broken(r"pelvis\.parquet: cannot be read as Parquet")
def parquet_starts_late(run: Path) -> None:
    _pelvis(run).write_bytes(_pelvis(run).read_bytes()[1000:])


@broken(r"pelvis\.parquet: cannot be read as Parquet")
def parquet_claims_two_gigabytes_of_footer(run: Path) -> None:
    _pelvis(run).write_bytes(_pelvis(run).read_bytes()[:-8] + (2**31 - 1).to_bytes(4, "little") + b"PAR1")


@broken(r"pelvis\.parquet: claims 2147483647 rows; no recording is that long")
def parquet_claims_two_billion_rows(run: Path) -> None:
    metadata = pq.read_metadata(_pelvis(run))
    _overwrite(_pelvis(run), _varint(metadata.num_rows), _varint(2**31 - 1))


@broken(r"pelvis\.parquet: claims 2\.15e\+09 bytes for 6000 rows")
def parquet_claims_two_gigabytes_of_values(run: Path) -> None:
    group = pq.read_metadata(_pelvis(run)).row_group(0)
    _overwrite(_pelvis(run), _varint(group.total_byte_size), _varint(2**31 - 1))


@broken(r"pelvis\.parquet: cannot be read as Parquet.*(CRC|checksum)")
def parquet_has_a_flipped_bit(run: Path) -> None:
    pq.write_table(pq.read_table(_pelvis(run)), _pelvis(run), write_page_checksum=True)
    content = bytearray(_pelvis(run).read_bytes())
    content[len(content) // 2] ^= 1
    _pelvis(run).write_bytes(content)


@broken(r"pelvis\.parquet: cannot be read as Parquet")
def parquet_is_a_csv(run: Path) -> None:
    _pelvis(run).write_text("time,acc_x,acc_y,acc_z\n0,0,0,9.81\n")


@broken(r"pelvis\.parquet: column acc_x stands there 2 times")
def parquet_has_a_column_twice(run: Path) -> None:
    table = pq.read_table(_pelvis(run))
    pq.write_table(table.append_column("acc_x", table["acc_y"]), _pelvis(run))


@broken(r"pelvis\.parquet: column acc_x holds list<element: double>, not|column acc_x holds list<")
def parquet_nests_its_values(run: Path) -> None:
    table = pq.read_table(_pelvis(run))
    nested = pa.array([[1.0, 2.0]] * table.num_rows)
    pq.write_table(table.set_column(table.column_names.index("acc_x"), "acc_x", nested), _pelvis(run))


@broken(r"acc_x has no number in row 101 \(nan\)")
def parquet_has_a_null(run: Path) -> None:
    _retype(run, "acc_x", lambda column: pa.array([*column[:100], None, *column[101:]], pa.float64()))


@broken()
def parquet_holds_dictionaries(run: Path) -> None:
    _retype(run, "acc_x", lambda column: pa.array(column).dictionary_encode())


@broken()
def parquet_holds_decimals(run: Path) -> None:
    _retype(
        run,
        "acc_x",
        lambda column: pa.array([round(x, 6) for x in column]).cast(pa.decimal128(18, 6), safe=False),
    )


@broken()
def parquet_holds_whole_numbers(run: Path) -> None:
    _retype(run, "acc_x", lambda column: pa.array([round(x) for x in column], pa.int16()))


@broken()
def parquet_has_many_small_row_groups(run: Path) -> None:
    pq.write_table(pq.read_table(_pelvis(run)), _pelvis(run), row_group_size=137, compression="gzip")


@broken(r"pelvis\.csv: is empty", file_format="csv")
def csv_is_empty(run: Path) -> None:
    _edit(run, lambda _: "")


@broken(r"pelvis\.csv: has no rows", file_format="csv")
def csv_has_only_a_header(run: Path) -> None:
    _edit(run, lambda text: text.splitlines()[0] + "\n")


@broken(r"pelvis\.csv: has no rows", file_format="csv")
def csv_has_only_a_header_without_a_line_end(run: Path) -> None:
    _edit(run, lambda text: text.splitlines()[0])


@broken(r"pelvis\.csv: has no line of column names; begin it with time,acc_x", file_format="csv")
def csv_has_no_header(run: Path) -> None:
    _edit(run, lambda text: text.split("\n", 1)[1])


@broken(r"pelvis\.csv: has semicolons between the values; export with a comma", file_format="csv")
def csv_has_semicolons(run: Path) -> None:
    _edit(run, lambda text: text.replace(",", ";"))


@broken(r"pelvis\.csv: has semicolons between the values", file_format="csv")
def csv_has_semicolons_and_decimal_commas(run: Path) -> None:
    _edit(run, lambda text: text.replace(",", ";").replace(".", ","))


@broken(r"pelvis\.csv: has tabs between the values", file_format="csv")
def csv_has_tabs(run: Path) -> None:
    _edit(run, lambda text: text.replace(",", "\t"))


@broken(r"pelvis\.csv: has spaces between the values; export with a comma", file_format="csv")
def csv_has_spaces(run: Path) -> None:
    _edit(run, lambda text: text.replace(",", "  "))


@broken(r"pelvis\.csv: begins with a comment \(#\); begin it with the line of column", file_format="csv")
def csv_begins_with_a_comment(run: Path) -> None:
    _edit(run, lambda text: "# exported by an app, 200 Hz\n" + text)


@broken(r"pelvis\.csv: row 1 has 14 values, expected 7; export with a comma", file_format="csv")
def csv_has_decimal_commas(run: Path) -> None:
    _edit(run, lambda text: text.replace(".", ","))


@broken(r"pelvis\.csv: acc_x holds '0,5' in row 3, not a number; export with a comma", file_format="csv")
def csv_has_quoted_decimal_commas(run: Path) -> None:
    _edit(run, lambda text: _with_value(text, row=3, column=1, value='"0,5"'))


@broken(r"pelvis\.csv: acc_x holds '#REF!' in row 5000, not a number$", file_format="csv")
def csv_has_a_word_among_numbers(run: Path) -> None:
    _edit(run, lambda text: _with_value(text, row=5000, column=1, value="#REF!"))


@broken(r"pelvis\.csv: acc_z has no number in row 4000 \(nan\)", file_format="csv")
def csv_has_an_empty_value(run: Path) -> None:
    _edit(run, lambda text: _with_value(text, row=4000, column=3, value=""))


@broken(r"pelvis\.csv: row 6000 has 3 values, expected 7; is the file cut short\?", file_format="csv")
def csv_is_cut_short(run: Path) -> None:
    _edit(run, lambda text: text.rstrip("\n").rsplit(",", 4)[0])


@broken(r"pelvis\.csv: row \d+ has \d+ values, expected 7", file_format="csv")
def csv_has_an_open_quote(run: Path) -> None:
    _edit(run, lambda text: _with_value(text, row=10, column=2, value='"0.5'))


@broken(r"pelvis\.csv: column acc_x stands there 2 times", file_format="csv")
def csv_has_a_column_twice(run: Path) -> None:
    _edit(run, lambda text: "\n".join(f"{line},{line.split(',')[1]}" for line in text.splitlines()))


@broken(r"pelvis\.csv: columns time, acc_x, acc_y, acc_z are missing; the file has <html>", file_format="csv")
def csv_is_a_web_page(run: Path) -> None:
    _edit(run, lambda _: "<html>\n<body>404: not found</body>\n</html>\n")


@broken(r"pelvis\.csv: is not text; a CSV starts with a line of column names", file_format="csv")
def csv_is_bytes(run: Path) -> None:
    _pelvis(run).write_bytes(bytes(range(256)) * 40)


@broken(r"pelvis\.csv: has no line of column names", file_format="csv")
def csv_is_one_endless_line(run: Path) -> None:
    _edit(run, lambda _: "x" * 300_000)


@broken(r"pelvis\.csv: is UTF-16 text; save it again as UTF-8", file_format="csv")
def csv_is_utf_16(run: Path) -> None:
    _pelvis(run).write_bytes(_pelvis(run).read_text().encode("utf-16"))


@broken(file_format="csv")
def csv_is_sound(run: Path) -> None:
    assert _pelvis(run).exists()


@broken(file_format="csv")
def csv_comes_from_windows(run: Path) -> None:
    _edit(run, lambda text: "\ufeff" + text.replace('"', "").replace("\n", "\r\n"))


@broken(file_format="csv")
def csv_has_spaces_and_blank_lines(run: Path) -> None:
    _edit(run, lambda text: text.replace('"', "").replace(",", ", ") + "\n\n")


@broken(file_format="csv")
def csv_has_notes_in_another_encoding(run: Path) -> None:
    lines = _pelvis(run).read_text().replace('"', "").splitlines()
    noted = [lines[0] + ",note", *(line + ",m\u00fcde" for line in lines[1:])]
    _pelvis(run).write_bytes("\n".join(noted).encode("latin-1"))


@broken()
def folder_holds_other_files(run: Path) -> None:
    (run / "notes.txt").write_text("tired")
    (run / "foot_left.parquet").write_bytes(b"not even Parquet")


@broken()
def path_is_the_recording_json(run: Path) -> Path:
    return run / "recording.json"


@broken()
def folder_has_a_name_in_many_scripts(run: Path) -> Path:
    return run.rename(run.with_name("läufe 走る 🏃 'x' $(y);"))


@broken(r"line\\nbreak/recording\.json: does not exist")
def folder_has_a_line_break_in_its_name(run: Path) -> Path:
    odd = run.with_name("line\nbreak")
    odd.mkdir()
    return odd


@broken()
def sensor_file_is_a_symlink(run: Path) -> None:
    elsewhere = run.with_name("elsewhere.parquet")
    _pelvis(run).rename(elsewhere)
    (run / "pelvis.parquet").symlink_to(elsewhere)


@spoiled()
def formats_are_mixed(run: Draft) -> None:
    run.file_format = "csv"


def _with_value(text: str, *, row: int, column: int, value: str) -> str:
    lines = text.split("\n")
    values = lines[row].split(",")
    values[column] = value
    lines[row] = ",".join(values)
    return "\n".join(lines)


def _retype(run: Path, name: str, change: Callable[[list[float]], pa.Array]) -> None:
    table = pq.read_table(_pelvis(run))
    changed = change(table[name].to_pylist())
    pq.write_table(table.set_column(table.column_names.index(name), name, changed), _pelvis(run))


def _overwrite(file: Path, old: bytes, new: bytes) -> None:
    """Replace a number wherever the footer spells it, and correct the footer's length."""
    content = file.read_bytes()
    size = int.from_bytes(content[-8:-4], "little")
    body, footer = content[: -8 - size], content[-8 - size : -8]
    assert old in footer
    footer = footer.replace(old, new)
    file.write_bytes(body + footer + len(footer).to_bytes(4, "little") + b"PAR1")


def _varint(number: int) -> bytes:
    """A number as Thrift's compact protocol writes it."""
    number, spelled = number << 1, bytearray()  # zigzag of a positive number
    while number >= 0x80:
        spelled.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*spelled, number])

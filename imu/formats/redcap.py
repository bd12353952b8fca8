"""Runs for a REDCap project: a row a run of a repeating instrument, and the data dictionary that declares it.

Source: REDCap's help on the Data Dictionary (18 columns) and on the Data Import Tool (repeating instruments).
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

DATA, DICTIONARY = "data.csv", "dictionary.csv"
RECORD, INSTRUMENT, FIRST_FORM = "record_id", "restride_run", "participant"
LONGEST_NAME = 26  # of a variable: beyond it REDCap warns, and older statistics programs cut it off
DICTIONARY_COLUMNS = (
    "Variable / Field Name",
    "Form Name",
    "Section Header",
    "Field Type",
    "Field Label",
    "Choices, Calculations, OR Slider Labels",
    "Field Note",
    "Text Validation Type OR Show Slider Number",
    "Text Validation Min",
    "Text Validation Max",
    "Identifier?",
    "Branching Logic (Show field only if...)",
    "Required Field?",
    "Custom Alignment",
    "Question Number (surveys only)",
    "Matrix Group Name",
    "Matrix Ranking?",
    "Field Annotation",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A field of the instrument. `choices`: words that it may be, for a drop-down list."""

    name: str
    label: str
    kind: str = "text"  # REDCap's field type
    validation: str = ""  # number, integer, datetime_seconds_ymd
    unit: str = ""
    choices: Sequence[str] = ()
    identifies: bool = False  # a date of a person, for those who export without identifiers
    section: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A run: whose, which of his, and the values of its variables; None for what is not known."""

    record: str
    instance: int  # 1 for the first
    values: Mapping[str, Any]


def write_redcap(rows: Sequence[Row], variables: Sequence[Variable], folder: Path) -> None:
    """data.csv and dictionary.csv in a new folder. ValueError for two rows with one place."""
    places = [(row.record, row.instance) for row in rows]
    if len(set(places)) < len(places):
        raise ValueError("two runs have the same record and instance: one would replace the other")
    folder.mkdir()
    names = [one.name for one in variables]
    with (folder / DATA).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        complete = f"{INSTRUMENT}_complete"
        writer.writerow([RECORD, "redcap_repeat_instrument", "redcap_repeat_instance", *names, complete])
        for row in rows:
            cells = [_cell(row.values.get(name)) for name in names]
            writer.writerow([row.record, INSTRUMENT, row.instance, *cells, 2])  # 2: complete
    with (folder / DICTIONARY).open("w", encoding="utf-8", newline="") as file:
        described = csv.DictWriter(file, DICTIONARY_COLUMNS, restval="")
        described.writeheader()
        described.writerow(_described(Variable(name=RECORD, label="Participant"), FIRST_FORM))
        described.writerows(_described(one, INSTRUMENT) for one in variables)


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")  # of the wall clock: REDCap knows no zones
    return "" if value is None else value


def _described(one: Variable, form: str) -> dict[str, str]:
    return {
        "Variable / Field Name": one.name,
        "Form Name": form,
        "Section Header": one.section,
        "Field Type": "dropdown" if one.choices else one.kind,
        "Field Label": one.label,
        "Choices, Calculations, OR Slider Labels": " | ".join(f"{word}, {word}" for word in one.choices),
        "Field Note": one.unit,
        "Text Validation Type OR Show Slider Number": one.validation,
        "Identifier?": "y" if one.identifies else "",
    }

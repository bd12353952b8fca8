"""Lines and branches of firmware/core that the tests take, from gcov's counts; a table in Markdown to stdout.

Needs a build with -DRS_COVERAGE=ON whose tests have run: python3 firmware/coverage.py BUILD
"""

import json
import subprocess
import sys
from pathlib import Path


def counts(build: Path) -> dict[str, tuple[int, int, int, int, list[int]]]:
    """Per file: lines taken, lines, branches taken, branches, and lines with a branch that is never taken."""
    result = {}
    for notes in sorted(build.glob("CMakeFiles/rs_core.dir/core/*.gcda")):
        command = ["gcov", "--json-format", "--branch-probabilities", "--stdout", notes.name]
        answer = subprocess.run(command, cwd=notes.parent, check=True, capture_output=True)
        for file in json.loads(answer.stdout)["files"]:
            if not file["file"].endswith(".c"):
                continue
            lines = file["lines"]
            branches = [
                (branch["count"] > 0, line["line_number"]) for line in lines for branch in line["branches"]
            ]
            result[Path(file["file"]).name] = (
                sum(line["count"] > 0 for line in lines),
                len(lines),
                sum(taken for taken, _ in branches),
                len(branches),
                sorted({number for taken, number in branches if not taken}),
            )
    return result


def table(rows: dict[str, tuple[int, int, int, int, list[int]]]) -> list[str]:
    """The lines of a table in Markdown."""
    made = ["| file | lines | branches | lines with a branch that is never taken |", "|---|---|---|---|"]
    for name, (lines_taken, lines, taken, branches, missed) in rows.items():
        never = ", ".join(map(str, missed)) or "–"
        made.append(f"| {name} | {lines_taken}/{lines} | {taken}/{branches} | {never} |")
    total = [sum(row[column] for row in rows.values()) for column in range(4)]
    made.append(f"| all | {total[0]}/{total[1]} | {total[2]}/{total[3]} | |")
    return made


def main() -> None:
    print("\n".join(table(counts(Path(sys.argv[1])))))


if __name__ == "__main__":
    main()

"""Writes the parts of pages that programs print into the pages (`make docs`).

Such a part stands between a line `<!-- made by NAME.py -->` and a line `<!-- end -->`.
"""

import re
import subprocess
import sys
from pathlib import Path

DOCS = Path(__file__).parent
BLOCK = re.compile(r"<!-- made by (?P<maker>\w+\.py) -->\n.*?<!-- end -->", re.DOTALL)


def made(found: re.Match[str]) -> str:
    maker = found["maker"]
    shown = subprocess.run([sys.executable, DOCS / maker], capture_output=True, text=True, check=True).stdout
    block = shown if shown.startswith("|") else f"```text\n{shown}```\n"
    return f"<!-- made by {maker} -->\n{block}<!-- end -->"


if __name__ == "__main__":
    for page in sorted(DOCS.glob("*.md")):
        before = page.read_text(encoding="utf-8")
        after = BLOCK.sub(made, before)
        if after != before:
            page.write_text(after, encoding="utf-8")

"""The figures and the coverage of docs/firmware.md, from what tests printed: make firmware-report."""

import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from coverage import counts, table

PAGE = Path(__file__).parents[1] / "docs" / "firmware.md"
_SIZE = "riscv64-unknown-elf-size"
_WAYS = (
    ("FIFO", "FIFO emptied and decoded, 6 axes, 800 Hz"),
    ("FIFO to notifications", "FIFO to notifications"),
    ("FIFO to flash", "FIFO to flash"),
)


def printed(build: Path) -> str:
    """What the tests of the last run in this build said."""
    log = build / "Testing" / "Temporary" / "LastTest.log"
    if not log.exists():
        sys.exit(f"report: no tests have run in {build}")
    return log.read_text(encoding="utf-8", errors="replace")


def found(pattern: str, text: str) -> tuple[str, ...]:
    """The groups of a line that a test prints."""
    match = re.search(pattern, text)
    if match is None:
        sys.exit(f"report: no test printed {pattern!r}")
    return match.groups()


def spaced(number: str | int) -> str:
    """Thousands apart, from five digits on."""
    value = int(number)
    return f"{value:,}".replace(",", " ") if value > 9999 else str(value)


def speed(said: str) -> Iterator[str]:
    ways = defaultdict(list)
    for way, each, times in re.findall(r"^[\w-]+,(FIFO[\w ]*),\d+,(\d+),(\d+)$", said, re.MULTILINE):
        ways[way].append((int(each), int(times)))
    for number, (way, name) in enumerate(_WAYS):
        if not ways[way]:
            sys.exit(f"report: no speed of {way!r} was printed")
        each, times = zip(*ways[way], strict=True)
        by = "`make firmware-rv32` (`real_time`)" if number == 0 else "same"
        cycles = f"{min(each)} to {max(each)} instructions{' a sample' if number == 0 else ''}"
        real = f"{min(times)} to {max(times)} times{' real time at 160 MHz' if number == 0 else ''}"
        yield f"| {name} | {cycles}: {real} | 10 times | {by} |"


def size(library: Path) -> Iterator[str]:
    done = subprocess.run([_SIZE, "--totals", library], check=True, capture_output=True, text=True)
    text, data, bss = (int(word) for word in done.stdout.splitlines()[-1].split()[:3])
    rest = "no data, no bss" if data == bss == 0 else f"{data} bytes of data, {bss} of bss"
    yield f"| code, RV32IMC `-Os`, four chips | {text / 1000:.1f} kB, {rest} | – | same (`size`) |"


def memory(said: str) -> Iterator[str]:
    (core,), (ring,) = found(r"(?m)^core (\d+)$", said), found(r"(?m)^rs_ring (\d+)$", said)
    yield (
        f"| RAM of the core | {core} bytes of structures; besides {spaced(ring)} bytes of frames that wait"
        " for the radio, and the stack, not measured | 16 KiB besides buffers | same (`ram`) |"
    )


def flash(said: str) -> Iterator[str]:
    cuts, writes, erases, again, on = found(
        r"power cut (\d+) times in (\d+) writes and (\d+) erases;"
        r" (\d+) restarts cut again; life went on after (\d+)",
        said,
    )
    least, most = found(r"400 logs, \d+ frames: each of 50 sectors erased (\d+) to (\d+) times", said)
    amplification, worn = found(r"with ([\d.]+) bytes written per byte of frames, ([\d.]+) erases", said)
    read, ms = found(r"recovery reads (\d+) bytes with commands, ([\d.]+) ms at 40 MHz", said)
    yield (
        f"| power cuts | {spaced(cuts)}, at every byte of {writes} writes and in {erases} erases;"
        f" {spaced(again)} restarts cut again; used on after {spaced(on)}; nothing acknowledged was lost"
        " | – | `test_flash_power` |"
    )
    yield f"| wear | 400 logs: each of 50 sectors erased {least} to {most} times | – | `test_flash_log` |"
    yield (
        f"| write amplification, 8 MiB log | {amplification} bytes written a byte of frames; {worn} erases a"
        " sector | < 1.1 | `test_flash_log` |"
    )
    yield (
        f"| recovery, full 8 MiB log | {spaced(read)} bytes read with commands: {ms} ms at 40 MHz"
        " (arithmetic) | < 1 s | `test_flash_log` |"
    )


def put(page: str, head: str, rows: list[str]) -> str:
    """The page with the rows of the table that begins with this line."""
    before, line, after = page.partition(head)
    if not line:
        sys.exit(f"report: {PAGE} has no table {head.strip()!r}")
    rest = re.sub(r"\A(\|[-|]+\|\n)(?:\|.*\n)+", lambda rule: rule[1] + "\n".join(rows) + "\n", after)
    return before + line + rest


def main() -> None:
    coverage, rv32 = Path(sys.argv[1]), Path(sys.argv[2])
    on_host, on_riscv = printed(coverage), printed(rv32)
    figures = [*speed(on_riscv), *size(rv32 / "librs_core.a"), *memory(on_riscv), *flash(on_host)]
    page = PAGE.read_text(encoding="utf-8")
    page = put(page, "| what | measured | wanted | by |\n", figures)
    head, _rule, *rows = table(counts(coverage))
    page = put(page, head + "\n", rows)
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()

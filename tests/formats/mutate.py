"""Breaks good files in many ways and reads what is left.

    python -m tests.formats.mutate --files 10000

Of every kind of file so many mutants are read, in child processes with a gigabyte of memory and five seconds
of processor time a file (ten minutes by the clock, for one that only waits). Printed per kind: read, read in
part, refused; and crashed, hung, out of memory, which must be none (exit code 1 otherwise). The
number of a mutant makes it again: `--kind export.xml --first 4711 --files 1`.
"""

import argparse
import os
import random
import re
import resource
import signal
import struct
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from tests.formats.golden import GENERATORS, golden
from tests.formats.soundness import outcome

MEMORY_BYTES = 1 << 30
PROCESSOR_S, CLOCK_S = 5, 600
FAULTS = ("crashed", "hung", "out of memory")
_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?")
_NASTY = (
    *(b"nan", b"inf", b"-inf", b"1e999", b"-1", b"0", b"", b"99999999999999999999", b"1e-320", b"0x10"),
    *(b"1,5", b"-0.0", b"\xd9\xa3", b"0000", b"9999"),
)
_EXTREMES = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)

# Libraries that reserve memory for many threads, or ahead, would meet the limit before they use any.
_SPARING = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "ARROW_DEFAULT_MEMORY_POOL": "system"}

Mutation = Callable[[bytearray, random.Random], None]


def _flip(content: bytearray, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 8)):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)


def _extreme(content: bytearray, chance: random.Random) -> None:
    layout = chance.choice(("<B", "<H", ">H", "<I", ">I"))
    size = struct.calcsize(layout)
    if len(content) > size:
        value = chance.choice(_EXTREMES) & ((1 << 8 * size) - 1)
        struct.pack_into(layout, content, chance.randrange(len(content) - size), value)


def _cut(content: bytearray, chance: random.Random) -> None:
    del content[chance.randrange(len(content)) :]


def _drop(content: bytearray, chance: random.Random) -> None:
    begin = chance.randrange(len(content))
    del content[begin : begin + chance.choice((1, 2, 16, 500, 5000))]


def _repeat(content: bytearray, chance: random.Random) -> None:
    begin = chance.randrange(len(content))
    part = content[begin : begin + chance.choice((1, 16, 500, 5000))]
    content[begin:begin] = part * chance.choice((1, 2, 50))


def _insert(content: bytearray, chance: random.Random) -> None:
    begin = chance.randrange(len(content))
    content[begin:begin] = chance.choice(
        (chance.randbytes(16), b"\0" * 64, b"\xff" * 64, b'"', b"<", b"\n" * 99)
    )


def _number(content: bytearray, chance: random.Random) -> None:
    begin = chance.randrange(len(content))
    for match in list(_NUMBER.finditer(content, begin, begin + 4000))[:: chance.randint(1, 5)][:20][::-1]:
        content[match.start() : match.end()] = chance.choice(_NASTY)


def _swap(content: bytearray, chance: random.Random) -> None:
    one, other, size = chance.randrange(len(content)), chance.randrange(len(content)), chance.randint(1, 400)
    content[one : one + size], content[other : other + size] = (
        content[other : other + size],
        content[one : one + size],
    )


MUTATIONS: Sequence[Mutation] = (_flip, _extreme, _cut, _drop, _repeat, _insert, _number, _swap)


def mutated(content: bytes, number: int) -> bytes:
    """The same mutant for the same number, with one to four things broken."""
    chance = random.Random(number)
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 4))):
        if changed:
            chance.choice(MUTATIONS)(changed, chance)
    return bytes(changed)


def run(kind: str, first: int, count: int) -> Iterator[tuple[int, str, str]]:
    """Number, outcome and what was said of each mutant, read in children that may die."""
    number = first
    while number < first + count:
        child = subprocess.Popen(
            [
                *(sys.executable, "-m", "tests.formats.mutate", "--child", "--kind", kind),
                *("--first", str(number), "--files", str(first + count - number)),
            ],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **_SPARING},
        )
        assert child.stdout is not None
        for line in child.stdout:
            done, result, said = line.rstrip("\n").split("\t")
            yield int(done), result, said
            number = int(done) + 1
        if child.wait() != 0:
            hung = child.returncode in (-signal.SIGALRM, -signal.SIGPROF)
            yield number, "hung" if hung else "crashed", f"the process ended with {child.returncode}"
            number += 1


def _child(kind: str, first: int, count: int) -> None:
    content = golden(kind)
    outcome(kind, content)  # whatever is imported is imported before memory is counted
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    for number in range(first, first + count):
        signal.setitimer(signal.ITIMER_PROF, PROCESSOR_S)  # kills, even where C code hangs
        signal.alarm(CLOCK_S)
        result, said = _result(kind, mutated(content, number))
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.alarm(0)
        print(number, result, said, sep="\t", flush=True)


def _result(kind: str, content: bytes) -> tuple[str, str]:
    try:
        return outcome(kind, content), ""
    except MemoryError:
        return "out of memory", ""
    except Exception as error:  # what is looked for is whatever nobody thought of
        at = error.__traceback__
        while at is not None and at.tb_next is not None:
            at = at.tb_next
        where = f"{at.tb_frame.f_code.co_filename}:{at.tb_lineno}" if at else "nowhere"
        return "crashed", ascii(f"{type(error).__name__}: {error} ({where})")[1:-1]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--files", type=int, default=10_000, help="mutants of every kind")
    parser.add_argument("--first", type=int, default=0, help="number of the first")
    parser.add_argument("--kind", action="append", choices=GENERATORS, help="only this kind of file")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    kinds = arguments.kind or list(GENERATORS)
    if arguments.child:
        _child(kinds[0], arguments.first, arguments.files)
        return 0
    faults = 0
    for kind in kinds:
        counts: Counter[str] = Counter()
        for number, result, said in run(kind, arguments.first, arguments.files):
            counts[result] += 1
            if result in FAULTS:
                print(f"{kind} {number}: {result} {said}", file=sys.stderr, flush=True)
        faults += sum(counts[fault] for fault in FAULTS)
        told = ", ".join(f"{counts[one]} {one}" for one in ("read", "in part", "refused", *FAULTS))
        print(f"{kind}: {counts.total()} mutants, {told}", flush=True)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

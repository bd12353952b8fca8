"""Every scenario until something is lost: `python -m tests.faults [--kills 200] [--only WORD]`."""

import argparse
import tempfile
import time
from pathlib import Path

from tests.faults import recording, store
from tests.faults.scenarios import KILLED, RECORDER_KILLED, SCENARIOS, killed

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--kills",
        type=int,
        default=0,
        help="of sync, and as many of record and of the store; shared between their kinds",
    )
    parser.add_argument("--only", default="", help="scenarios whose name holds this")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="restride-faults-") as root:
        for number, (name, (scenario, kind, options)) in enumerate(SCENARIOS.items()):
            if chosen.only in name:
                folder = Path(root, str(number))
                folder.mkdir()
                began = time.monotonic()
                figures = scenario(folder, kind=kind, options=options)
                print(f"{name}: {figures} ({time.monotonic() - began:.0f} s)", flush=True)
        for name, work in store.KILLED.items():
            if chosen.kills and chosen.only in name:
                folder = Path(root, name.replace(": ", "-"))
                folder.mkdir()
                began = time.monotonic()
                figures = work(folder, kills=max(1, chosen.kills // len(store.KILLED)))
                print(f"{name}: {figures} ({time.monotonic() - began:.0f} s)", flush=True)
        for kill, sensors in ((killed, KILLED), (recording.killed, RECORDER_KILLED)):
            for name, (kind, options) in sensors.items():
                if chosen.kills and chosen.only in name:
                    folder = Path(root, name.replace(": ", "-"))
                    folder.mkdir()
                    began = time.monotonic()
                    figures = kill(
                        folder, kind=kind, options=options, kills=max(1, chosen.kills // len(sensors))
                    )
                    print(f"{name}: {figures} ({time.monotonic() - began:.0f} s)", flush=True)

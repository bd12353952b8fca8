"""Prints the table of rights of docs/privacy.md from the code that grants them (`make docs`).

A test holds the two together.
"""

from typing import get_args

from imu.store.rights import OWN, Right, Role, Scope, granted

MEANING: dict[Right, str] = {
    "read": "runs, load, stage, gates, warnings, pain as numbers",
    "read_clinical": "where it hurt and in which words, an injury's exact grade",
    "write_runs": "add runs",
    "write_symptoms": "check-ins, exercises, injuries, answers to gates, a renewed baseline",
    "write_plan": "adopt another version of the plan",
    "acknowledge": "answer warnings",
    "write_note": "write a note to the athlete",
    "decide": "sign off, hold, resume, step back, set a stage",
    "tell_clearance": "tell of a clinician without an account who signed off, while none with one decides",
    "share": "share, see the log, export, erase",
}


def rights_table() -> str:
    """One row for each right, one column for the athlete and for each role and scope."""
    held = {"athlete": OWN}
    for role in get_args(Role):
        by_scope = {scope: granted(role, scope) for scope in get_args(Scope)}
        if any(by_scope.values()):
            held |= {f"{role}, {scope}": rights for scope, rights in by_scope.items()}
        else:
            held[role] = frozenset()
    rows = [
        " | ".join([MEANING[right], *("yes" if right in rights else "" for rights in held.values())])
        for right in get_args(Right)
    ]
    lines = [
        f"| may | {' | '.join(held)} |",
        f"|---|{'---|' * len(held)}",
        *(f"| {row} |" for row in rows),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(rights_table(), end="")

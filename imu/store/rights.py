"""Who may do what with an athlete's data: one table.

An athlete's own account has everything but a clinician's word; where no clinician with an account follows,
it may tell what one without an account has said, which is kept and shown as told. Whoever added an athlete
without an account keeps the record in his place, until it is handed over. Others have what a grant gives, and
a role may not be exceeded by it: a coach with a clinical grant reads, and does not sign. An administrator
keeps accounts and has no health data.
"""

from typing import Literal

Role = Literal["runner", "coach", "clinician", "admin"]
Scope = Literal["training", "clinical", "keeper"]  # keeper: of a record that has no account of its own yet
Right = Literal[
    "read",  # runs, load, stage, warnings
    "read_clinical",  # where it hurt and in which words, notes of the injury
    "write_runs",
    "write_symptoms",  # check-ins, exercises, injuries, answers to gates, a new baseline
    "write_plan",
    "acknowledge",  # warnings
    "write_note",
    "decide",  # sign off, hold, step back
    "tell_clearance",  # of a clinician without an account, where none with one follows
    "share",  # grants, export, erasure
]

OWN: frozenset[Right] = frozenset(
    {
        "read",
        "read_clinical",
        "write_runs",
        "write_symptoms",
        "write_plan",
        "acknowledge",
        "tell_clearance",
        "share",
    }
)
# What a clinician said is told by whom it was said to, not by who keeps the record.
_KEPT: frozenset[Right] = OWN - {"tell_clearance"}
_TRAINING: frozenset[Right] = frozenset({"read", "write_runs", "acknowledge", "write_note"})
_CLINICAL: frozenset[Right] = _TRAINING | {"read_clinical"}
_CLINICIAN: frozenset[Right] = _CLINICAL | {"write_symptoms", "write_plan", "decide"}


def granted(role: Role, scope: Scope) -> frozenset[Right]:
    """What a grant gives to an account of this role."""
    if role == "admin":
        return frozenset()
    if scope == "training":
        return _TRAINING
    by_role = _CLINICIAN if role == "clinician" else _CLINICAL
    return _KEPT | by_role if scope == "keeper" else by_role

"""Which code is changed on purpose, and whose tests must notice."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Room:
    """Files of one promise, and the quick tests that keep it."""

    name: str
    code: tuple[str, ...]  # patterns of files, from the top of the repository
    tests: tuple[str, ...]


ROOMS = (
    Room(name="training", code=("imu/training/*.py",), tests=("tests/training",)),
    Room(
        name="rights",  # decided in access and rights, asked for by the others
        code=(
            "imu/store/access.py",
            "imu/store/accounts.py",
            "imu/store/care.py",
            "imu/store/repository.py",
            "imu/store/rights.py",
            "imu/store/sharing.py",
            "imu/store/sign_ins.py",
        ),
        tests=(
            "tests/store/test_access.py",
            "tests/store/test_accounts.py",
            "tests/store/test_care.py",
            "tests/store/test_sign_ins.py",
            "tests/store/test_told_at_its_limits.py",
            "tests/store/test_ways_in_at_their_limits.py",
        ),
    ),
)

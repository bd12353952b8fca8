"""From words on the command line to an exit code; the only place where an error becomes text."""

import os
import sys
import warnings
from contextlib import suppress

from imu import matrices
from imu.cli.pipes import ReaderGoneError, pipes_that_may_close
from imu.errors import RestrideError, SensorError, ServerError, printable
from imu.home import keep_to_owner

WRONG_USE = 2  # also bad input, what cannot be read or written, and a machine too small for it
UNREACHABLE = 3  # hardware or a server
BUG = 70  # EX_SOFTWARE of sysexits.h: none of the codes that scripts act on would be true
INTERRUPTED = 130
NOBODY_READS = 141  # as a shell tells of a process that a closed pipe ended


def main() -> None:
    """Run `restride` with the arguments of this process and exit."""
    debug = bool(os.environ.get("RESTRIDE_DEBUG"))
    if not debug:
        warnings.simplefilter("ignore")  # a library's advice to developers is noise to a runner
    keep_to_owner()
    matrices.in_one_thread()
    with pipes_that_may_close():
        code = _ended(sys.argv[1:], debug=debug)
        if code == INTERRUPTED:
            _complain("interrupted; what was finished is kept", code=code)
        with suppress(ReaderGoneError):
            sys.stdout.flush()
    sys.exit(code)


def _ended(arguments: list[str], *, debug: bool) -> int:
    """Run a verb, say in one line what stopped it, and give its exit code."""
    try:
        code = _run(arguments)
        sys.stdout.flush()  # here, where it is known what it means if nobody reads it
    except ReaderGoneError:
        return NOBODY_READS
    except KeyboardInterrupt:
        return INTERRUPTED
    except RestrideError as error:
        unreachable = isinstance(error, SensorError | ServerError)
        return _complain(str(error), code=UNREACHABLE if unreachable else WRONG_USE)
    except OSError as error:
        return _complain(_where_and_why(error), code=WRONG_USE)
    except MemoryError:
        return _complain("there is not enough memory for this; close other programs", code=WRONG_USE)
    except Exception as error:
        if debug:
            raise
        return _complain(*_fault(error))
    return code


def _fault(error: Exception) -> tuple[str, int]:
    """What to say of an error that nobody expected, and its exit code."""
    if isinstance(error, ModuleNotFoundError) and _is_of_others(error.name):
        lacking = f"this installation lacks {error.name}; run: pip install --upgrade restride"
        return f"{lacking} (restride doctor says what else)", WRONG_USE
    reason = f"{type(error).__name__}: {error}"
    return f"this is a bug in restride: {reason} (RESTRIDE_DEBUG=1 shows where)", BUG


def _run(arguments: list[str]) -> int:
    # Imported here so that even Ctrl-C during the import ends in one line.
    import typer

    from imu.cli.app import RESTRIDE

    try:
        code = RESTRIDE.main(arguments, prog_name="restride", standalone_mode=False)
    except typer.TyperException as error:
        context, told = getattr(error, "ctx", None), error.format_message()
        if told.startswith("Usage:"):  # a verb of several without one of them: its help page, line by line
            print(told, file=sys.stderr)
            return WRONG_USE
        command = context.command_path if context else "restride"
        raise RestrideError(f"{told.rstrip('.')}; see {command} --help") from error
    return int(code or 0)


def _is_of_others(module: str | None) -> bool:
    """Whether a module comes from a package that is installed beside this one."""
    return module is not None and module.partition(".")[0] not in ("imu", "dashboard")


def _complain(text: str, code: int) -> int:
    print("restride:", printable(" ".join(text.split())), file=sys.stderr)
    return code


def _where_and_why(error: OSError) -> str:
    reason = error.strerror or str(error)
    return f"{error.filename}: {reason}" if error.filename else reason

"""From words on the command line to an exit code; the only place where an error becomes text."""

import os
import sys
import warnings

from imu.errors import RestrideError, SensorError, ServerError

WRONG_USE = 2  # also bad input, what cannot be read or written, and a machine too small for it
UNREACHABLE = 3  # hardware or a server
BUG = 70  # EX_SOFTWARE of sysexits.h: none of the codes that scripts act on would be true
INTERRUPTED = 130


def main() -> None:
    """Run `restride` with the arguments of this process and exit."""
    debug = bool(os.environ.get("RESTRIDE_DEBUG"))
    if not debug:
        warnings.simplefilter("ignore")  # a library's advice to developers is noise to a runner
    try:
        code = _run(sys.argv[1:])
    except KeyboardInterrupt:
        code = INTERRUPTED
    except RestrideError as error:
        unreachable = isinstance(error, SensorError | ServerError)
        code = _complain(str(error), code=UNREACHABLE if unreachable else WRONG_USE)
    except OSError as error:
        code = _complain(_where_and_why(error), code=WRONG_USE)
    except MemoryError:
        code = _complain("there is not enough memory for this; close other programs", code=WRONG_USE)
    except Exception as error:
        if debug:
            raise
        reason = f"{type(error).__name__}: {error}"
        code = _complain(f"this is a bug in restride: {reason} (RESTRIDE_DEBUG=1 shows where)", code=BUG)
    if code == INTERRUPTED:
        _complain("interrupted; what was finished is kept", code=code)
    sys.exit(code)


def _run(arguments: list[str]) -> int:
    # Imported here so that even Ctrl-C during the import ends in one line.
    import typer

    from imu.cli.app import app

    try:
        code = typer.main.get_command(app).main(arguments, prog_name="restride", standalone_mode=False)
    except typer.TyperException as error:
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "restride"
        raise RestrideError(f"{error.format_message().rstrip('.')}; see {command} --help") from error
    return int(code or 0)


def _complain(text: str, *, code: int) -> int:
    print("restride:", " ".join(text.split()), file=sys.stderr)
    return code


def _where_and_why(error: OSError) -> str:
    reason = error.strerror or str(error)
    return f"{error.filename}: {reason}" if error.filename else reason

"""Tells what went wrong: its code, its places, what was seen, and what to do."""

from __future__ import annotations

import errno
import traceback
from dataclasses import replace
from pathlib import Path

from runner.cli.streams import tell
from runner.cli.world import environment
from runner.codes import CODES, code_of
from runner.errors import Exit, Refusal
from runner.redact import bare

_NO_PLACE = {errno.EACCES, errno.EPERM, errno.EROFS, errno.EEXIST, errno.ENOTDIR, errno.EISDIR}
"""Why something cannot be created at all. What is only read is refused where it is read."""
_FOLDER = "Name a folder, or one that is not there yet: it is made."


def refused(refusal: Refusal) -> int:
    """Tell the places, what was refused, and what to do about it; return the exit code."""
    problems = [replace(one, file=bare(one.file), message=bare(one.message)) for one in refusal.problems]
    for problem in problems:
        tell(str(problem))
    code, message = code_of(refusal), bare(refusal.message)
    todo = refusal.advice or CODES[code].advice
    if environment().get("GITHUB_ACTIONS") == "true":
        # Loaded only there: what can draw a report is not needed to say that a name is misspelt.
        from runner.cli.annotations import annotate_refusal

        annotate_refusal(code, message, todo, problems)
    tell(f"care-export: {code}: {message}")
    tell(todo)
    return refusal.exit


def is_ours(error: Exception) -> bool:
    """Say whether an error is a fault of this program: nothing else explains it."""
    return not isinstance(error, Refusal | OSError | UnicodeEncodeError)


def as_refusal(error: Exception) -> Refusal:
    """Return the refusal that an error amounts to; of a fault of ours, which may hold a secret, its kind."""
    match error:
        case Refusal():
            return error
        case OSError():
            message = f"{error.filename or 'input or output'}: {error.strerror or error}"
            if error.errno in _NO_PLACE:
                return _no_place(error, message)
            return Refusal(Exit.IO, message)
        case UnicodeEncodeError():
            message = f"the character set of this system ({error.encoding}) has no {error.object!r}"
            return Refusal(Exit.CANNOT_CREATE, message, code="E-LOCALE")
        case _:
            message = "this is a fault of care-export, please report it"
            return Refusal(Exit.BUG, f"{message}: {type(error).__name__} at {_place(error)}")


def _no_place(error: OSError, message: str) -> Refusal:
    """Return the refusal of a place where nothing can be made; a file in the place of a folder is named."""
    if error.errno == errno.ENOTDIR and isinstance(error.filename, str):
        path = Path(error.filename)
        there = next(one for one in (path, *path.absolute().parents) if one.exists())
        if not there.is_dir():
            return Refusal(Exit.CANNOT_CREATE, f"{there} is no folder", advice=_FOLDER, code="E-PERMISSION")
    return Refusal(Exit.CANNOT_CREATE, message, code="E-PERMISSION")


def _place(error: Exception) -> str:
    """Return the last line of ours that an error came through."""
    home = str(Path(__file__).parents[1])
    ours = [one for one in traceback.extract_tb(error.__traceback__) if one.filename.startswith(home)]
    return f"{Path(ours[-1].filename).name}:{ours[-1].lineno}"

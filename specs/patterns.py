"""Which regular expressions a spec may hold: those that cannot run away.

The grammar is small on purpose. A pattern that runs away (`^(a+)+$` takes seconds on 28 characters) would
stop every program that judges with it, so repetition is rationed, not analysed.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?:|\(\?|[()|^$]|[*+?]|\{[0-9]*,?[0-9]*\}|.", re.DOTALL
)
_REPEATS = 2


def pattern_problem(pattern: str) -> str:
    """Return what is wrong with a pattern, in words; empty where it may stand.

    Refused: what does not compile, what is not anchored at both ends, look-around, back references and named
    groups, a repeated group that itself repeats or chooses, and more than two repetitions.
    """
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return f"the pattern cannot be read: {error}"
    if not (pattern.startswith("^") and pattern.endswith("$") and not pattern.endswith("\\$")):
        return "a pattern says what the whole value is: begin it with ^ and end it with $"
    return _repetition_problem(_TOKEN.findall(pattern))


def _repetition_problem(tokens: list[str]) -> str:
    """Judge the repetitions of a pattern that is known to compile."""
    busy = [False]  # for each open group: does it hold a repetition or a choice?
    closed = False  # does the thing before this piece hold one?
    count = 0
    for piece in tokens:
        if piece == "(?" or re.fullmatch(r"\\[1-9]", piece):
            return "look-around, named groups and back references are not allowed in a pattern"
        if piece in ("(", "(?:"):
            busy.append(False)
        elif piece == ")":
            closed = busy.pop()
            busy[-1] |= closed
            continue
        elif piece in "*+?" or piece.startswith("{"):
            if closed:
                return "a repeated group must not itself hold a repetition or a choice"
            busy[-1], count = True, count + 1
        elif piece == "|":
            busy[-1] = True
        closed = False
    return f"a pattern may repeat at most {_REPEATS} times" if count > _REPEATS else ""

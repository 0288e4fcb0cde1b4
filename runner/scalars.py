"""What an unquoted word of a YAML file means: the YAML 1.2 core schema, less what readers disagree about."""

from __future__ import annotations

import re

from runner.errors import CUT

MAX_DIGITS = 30
"""The most digits of a whole number."""

_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_OTHER_BASE = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_WORDS = dict.fromkeys(("null", "Null", "NULL", "~", "")) | {
    word: word.lower() == "true" for word in ("true", "True", "TRUE", "false", "False", "FALSE")
}
_OLD_WORDS = frozenset({"y", "n", "yes", "no", "on", "off"})
_SURROGATE = re.compile("[\ud800-\udfff]")


def shown(text: str, most: int = 60) -> str:
    """Return text in quotes for a message, cut where it is long."""
    return f"'{text}'" if len(text) <= most else f"'{text[:most]}{CUT}'"


def plain(text: str) -> bool | int | float | str | None:
    """Return what an unquoted scalar means: `no` and `12:30:45` are text, `~` is nothing, 1e3 a float."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def plain_problem(text: str) -> str:
    """Say why an unquoted scalar is refused, or nothing: numbers that readers of YAML read differently."""
    digits = text.lstrip("+-")
    if _INTEGER.fullmatch(text) and len(digits) > MAX_DIGITS:
        return f"a number of {len(digits)} digits; at most {MAX_DIGITS}"
    if _INTEGER.fullmatch(text) and digits.startswith("0") and digits != "0":
        return f"{text} has a leading zero: write {int(text)}, or '{text}' in quotes if it is text"
    if _OTHER_BASE.fullmatch(text):
        return f"{shown(text)} is written in another base: write decimal digits, or quotes if it is text"
    if _NOT_FINITE.fullmatch(text) or (_FLOAT.fullmatch(text) and abs(float(text)) == float("inf")):
        return f"{shown(text)} is not a finite number; quote it if it is text"
    return ""


def quoted_problem(text: str) -> str:
    """Say why a quoted scalar is refused, or nothing."""
    return "half of a surrogate pair is no character" if _SURROGATE.search(text) else ""


def key_problem(text: str) -> str:
    """Say why an unquoted key is refused, or nothing: one that some reader of YAML takes for no text."""
    if text == "<<":
        return "merge keys are not allowed: write the keys out"
    if text.lower() in _OLD_WORDS or plain_problem(text) or not isinstance(plain(text), str):
        return f"a key must be text: quote it, as {shown(text)}"
    return ""

"""The bytes of a file as text: UTF-8, of a bounded size, nothing that a parser stumbles over."""

from __future__ import annotations

import re

MAX_BYTES = 1024 * 1024
"""The most bytes that a file may have; it is refused before it is parsed."""

MAGIC = {
    b"PK\x03\x04": "a compressed file (a workbook?)",
    b"\x1f\x8b": "a compressed file",
    b"\x28\xb5\x2f\xfd": "a compressed file",
    b"\xd0\xcf\x11\xe0": "an old workbook or document",
    b"SQLite format 3\0": "a database",
    b"%PDF-": "a PDF",
}
"""What the first bytes of a file say that it is, where that is no text."""

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_PAIR = re.compile(r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")


class Unreadable(ValueError):
    """A file is not text that is taken here; `place` is line and column, from 1."""

    def __init__(self, message: str, place: tuple[int, int] = (1, 1)) -> None:
        super().__init__(message)
        self.place = place


def text_of(content: bytes, is_json: bool) -> str:
    """Return the file as text, without a byte order mark; Unreadable where it is none.

    JSON writes a character beyond U+FFFF as two escapes, YAML as one: for JSON, pairs become one.
    """
    if kind := next((words for begin, words in MAGIC.items() if content.startswith(begin)), ""):
        raise Unreadable(f"it is {kind}, not {'JSON' if is_json else 'YAML'}")
    if len(content) > MAX_BYTES:
        raise Unreadable("the file has over 1 MiB; make several files of it")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable("the file is in UTF-16; save it as UTF-8")
    # What is no UTF-8 becomes a character that the next line refuses.
    text = content.decode("utf-8-sig", "surrogateescape")
    if found := _UNPRINTABLE.search(text):
        raise Unreadable(_unreadable(ord(found[0])), _after(text[: found.start()]))
    return _PAIR.sub(_joined, text) if is_json else text


def _unreadable(code: int) -> str:
    """Say why a character cannot stand in a file."""
    if 0xDC80 <= code <= 0xDCFF:
        return f"the byte 0x{code - 0xDC00:02x} is not UTF-8; save the file as UTF-8"
    return f"the character U+{code:04X} is not allowed in a file; write it as an escape in double quotes"


def _joined(pair: re.Match[str]) -> str:
    """Return two escapes of a surrogate pair as the one escape of the character."""
    high, low = int(pair[2], 16), int(pair[3], 16)
    return f"{pair[1]}\\U{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):08x}"


def _after(text: str) -> tuple[int, int]:
    """Return line and column of what follows the text."""
    return text.count("\n") + 1, len(text) - text.rfind("\n")

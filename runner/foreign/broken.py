"""One address in a text, and nothing else: whole, in wrapping, or broken over lines by a mail program. Pure.

Whatever is taken for a part of an address ends in a value, and a value is shown and written. So text is taken
for one only where an address alone can go on like this; a password on the next line never is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from runner.foreign.address import LONGEST

_PLACEHOLDER = re.compile(r"\[[^\]\n]{0,60}\]|<[^<>\n/]{1,60}>")
_WORD = re.compile(rf"(?:{_PLACEHOLDER.pattern}|\S)+")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}://")
_BEGIN = re.compile(
    rf"{_SCHEME.pattern}|/[\w{{]|\{{\{{[^{{}}]{{1,100}}\}}\}}(/|$)|\$\{{?\w{{1,100}}\}}?(/|$)"
    r"|([^\s/@]{1,200}@)?(localhost|[\w-]{1,63}(\.[\w-]{1,63}){1,9})(:\d+)?/"
)
_LINK = re.compile(r"\[[^\]\n]{0,200}\](?=\(<?https?://)")
_LEAD = re.compile(r"^[ \t]*(?:>[ \t]*)*(?:(?:[-*•]|\d{1,3}[.)])[ \t]+(?=\S{0,9}://))?", re.MULTILINE)
"""What a mail that is quoted, or a list, puts before a line."""
_WRAPS = {"<": ">", "(": ")", '"': '"', "'": "'", "`": "`"}
_NEVER = re.compile(r"[\s\"'`|\\^;<>]")
"""What stands in no address, unless percent-encoded: what it is written between, and what parts commands."""
_NUMBERS = re.compile(r"\d+(,\d+)*")
_NAMES = re.compile(r"[A-Z][A-Z0-9_]*(,[A-Z][A-Z0-9_]*)*")

_SIGN = r"[^\s&=?#\"'`|\\^;<>]"
_PAIR = rf"[A-Za-z][\w.]*={_SIGN}*={{0,2}}"
_MORE = rf"(?:&+{_PAIR})*(?:&[A-Za-z][\w.]*)?&?"
_PAIRS = re.compile(rf"&?{_PAIR}{_MORE}")
_VALUE = re.compile(rf"{_SIGN}*={{0,2}}(?:&+{_PAIR}){_MORE}")
_NAME = re.compile(rf"[\w.]*={_SIGN}*={{0,2}}{_MORE}")
_PATH = re.compile(rf"[\w./~%{{}}$-]*\?{_PAIR}{_MORE}")
_BEGUN = re.compile(r"=(\d{1,12})$")
_INSTANT_DIGITS = 13
_WIDTHS = range(40, 200)
"""How wide lines are that a mail program breaks, whatever stands at the break."""


class Beside(ValueError):
    """Something other than an address stands in a text; `line` counts from 1."""

    def __init__(self, line: int = 1) -> None:
        super().__init__()
        self.line = line


class Pieces:
    """An address so far, in the pieces into which it was broken; `line` is where it begins."""

    def __init__(self, word: str, line: int) -> None:
        bare = word.lstrip("".join(_WRAPS))
        self.line, self.pieces, self.text, self.raw = line, [word], bare, bare
        self.wraps = word[: len(word) - len(bare)]

    def add(self, piece: str, *, new_line: bool) -> None:
        """Go on with the address; the gap is kept for the person who is told of it."""
        self.pieces.append(piece)
        self.text += piece
        self.raw += ("\n" if new_line else " ") + piece

    def goes_on(self, piece: str, *, new_line: bool) -> bool:
        """Say whether a piece behind a gap can only be more of this address."""
        more = _PLACEHOLDER.sub("x", piece).rstrip(self._closing() + ",;")
        if len(self.text) > LONGEST:
            return False
        pattern = self._next(more, new_line=new_line)
        if pattern and pattern.fullmatch(more):
            return True
        return new_line and "?" in self.text and (self._instant(more) or self._wide(piece))

    def _closing(self) -> str:
        return "".join(_WRAPS[one] for one in self.wraps)

    def _next(self, more: str, *, new_line: bool) -> re.Pattern[str] | None:
        """Return what the next piece has to look like; none where nothing may follow."""
        if self.text.endswith(("&", "?")):
            return _PAIRS
        if "?" not in self.text:
            return _PATH
        if more.startswith("&"):
            return _VALUE
        if not new_line:
            return None
        last = self.text[max(self.text.rfind("&"), self.text.rfind("?")) :]
        return _VALUE if "=" in last else _NAME

    def _instant(self, more: str) -> bool:
        """Say whether digits complete an instant, in which the break came."""
        begun = _BEGUN.search(self.text[-_INSTANT_DIGITS:])
        return bool(begun and more.isdecimal() and len(begun[1] + more) == _INSTANT_DIGITS)

    def _wide(self, piece: str) -> bool:
        """Say whether the pieces before are lines of one width, and this one is no wider."""
        widths = {len(one) for one in self.pieces}
        narrow = min(widths)
        return len(self.pieces) > len(widths) == 1 and len(piece) <= narrow and narrow in _WIDTHS

    def whole(self) -> str:
        """Return the address without what it was written between; Beside where more stands there."""
        text = self.text.rstrip(",;")
        for closing in self._closing():
            if not text.endswith(closing):
                raise Beside(self.line)
            text = text[:-1].rstrip(",;")
        if _NEVER.search(_PLACEHOLDER.sub("x", text)) or not begins(text) or _row(text):
            raise Beside(self.line)
        return self.raw.removesuffix(self.text[len(text) :])


def _row(text: str) -> bool:
    """Say whether fields of a table follow behind a comma; a list in an address is of numbers or columns."""
    value = text.partition("#")[0].rpartition("=" if "?" in text else "/")[2]
    return "," in value and not (_NUMBERS.fullmatch(value) or _NAMES.fullmatch(value))


def begins(text: str) -> bool:
    """Say whether a text begins as an address does, with a scheme or without."""
    return bool(_BEGIN.match(text.strip().lstrip("".join(_WRAPS))))


def addresses(text: str) -> Iterator[str]:
    """Yield the addresses that a text consists of; Beside at the first thing that is none."""
    found: Pieces | None = None
    for word, line, new_line in _words(text):
        opening = _SCHEME if found else _BEGIN
        if found and found.goes_on(word, new_line=new_line):
            found.add(word, new_line=new_line)
        elif opening.match(word.lstrip("".join(_WRAPS))):
            if found:
                yield found.whole()
            found = Pieces(word, line)
        else:
            raise Beside(line)
    if found and "/" in (last := found.whole()):
        yield last
    else:
        raise Beside


def only(text: str, line: int = 1) -> Pieces:
    """Return the one address that a text is, with gaps but such as can come into one; else Beside."""
    found: Pieces | None = None
    for word, at, new_line in _words(text):
        if found is None:
            found = Pieces(word, line + at - 1)
        elif found.goes_on(word, new_line=new_line):
            found.add(word, new_line=new_line)
        else:
            raise Beside(line + at - 1)
    if found is None:
        raise Beside(line)
    return found


def _words(text: str) -> Iterator[tuple[str, int, bool]]:
    """Yield the words of a text, each with its line, and whether it is the first there; no remarks (#)."""
    for number, line in enumerate(text.splitlines(), 1):
        bare = _LINK.sub("", _LEAD.sub("", line, count=1))
        if not bare.lstrip().startswith("#"):
            for index, found in enumerate(_WORD.finditer(bare)):
                yield found[0], number, index == 0

"""A command line as a shell reads it: bash with all its quotes, or cmd.exe with its carets. Pure.

Nothing is put in for variables: `$NAME` stays, as the placeholder that it is. Where an address was left
without quotes, it is read as it was meant, and that is noted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from runner.foreign.call import Remark, Unread

CUT = Remark(
    "the address is not in quotes, so the shell cuts it at the first & and sends only what is before; "
    "put it between '…'",
    "quotes",
)
TRAILING = Remark(
    "a space behind the \\ of a line's end ends the command there; nothing may follow it", "quotes"
)
_ESCAPES = {
    "a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
}  # fmt: skip
_CODE = re.compile(r"x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|([0-7]{1,3})")
_RUN = re.compile(r"[^\s;|&<>()\\'\"$]+")
_VARIABLE = re.compile(r"\$(\w+|\{[^}]*\}|\([^)]*\))")
_PAIR_FOLLOWS = re.compile(r"&[ ]?[\w\[\]]+=")
_PROMPT = re.compile(
    r"^[ \t]*(?:>[ \t]*)+(?=-|\$[ \t]|curl\b|\$?['\"]?(?:https?://|\{\{))"
    r"|^[ \t]*(?:PS[ \t]+)?[A-Za-z]:\\[^>\n]{0,300}>[ \t]*(?=curl\b)",
    re.MULTILINE,
)
"""What a terminal, or a mail that is quoted, puts before a line; a redirection goes on with a file's name."""
_POWERSHELL = re.compile(r"(?<=\s)`[ \t]*\n")
"""How PowerShell goes on in the next line."""


@dataclass
class Words:
    """The commands of a text, each as its words; what was noticed on the way."""

    commands: list[list[str]] = field(default_factory=lambda: [[]])
    remarks: list[Remark] = field(default_factory=list)


def unprompted(text: str) -> str:
    """Return lines of a shell as they were typed, with bash's way to go on in the next one."""
    return _POWERSHELL.sub("\\\\\n", _PROMPT.sub("", text.replace("\r\n", "\n")))


def split(text: str) -> Words:
    """Return the commands of a shell's text; Unread with the place of a quote that is never closed."""
    text = unprompted(text)
    mended = re.sub(r"\\[ \t]+\n", "\\\\\n", text)
    if re.search(r"\^$|(?:^|\s)\^\"", text, re.MULTILINE):
        return Words(list(_cmd(text)))
    found = _Bash(mended).read()
    if mended != text:
        found.remarks.append(TRAILING)
    return found


class _Bash:
    """One pass over a text for bash."""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.found = text, 0, Words()
        self.word: list[str] | None = None
        self.in_address = False

    def read(self) -> Words:
        """Return the commands with at least one word."""
        while self.at < len(self.text):
            self.step(self.text[self.at])
        self.end_word()
        self.found.commands = [one for one in self.found.commands if one]
        return self.found

    def step(self, char: str) -> None:
        """Read what begins with this character."""
        if char in " \t":
            self.end_word()
            self.at += 1
        elif char == "#" and self.word is None:
            end = self.text.find("\n", self.at)
            self.at = end if end >= 0 else len(self.text)
        elif char in "\n;|&<>()":
            self.operator(char)
        elif char == "\\":
            if (after := self.text[self.at + 1 : self.at + 2]) != "\n":
                self.add(after)
            self.at += 2
        elif char in "'\"":
            self.add(self.quoted(char, self.at + 1))
        elif char == "$":
            self.dollar()
        else:
            run = _RUN.match(self.text, self.at)
            self.add(run[0] if run else char)
            self.at = run.end() if run else self.at + 1

    def add(self, piece: str) -> None:
        """Go on with the word, or begin one."""
        self.word = self.word or []
        self.word.append(piece)
        self.in_address |= "://" in piece

    def end_word(self) -> None:
        """End the word, if there is one."""
        if self.word is not None:
            self.found.commands[-1].append("".join(self.word))
        self.word, self.in_address = None, False

    def operator(self, char: str) -> None:
        """End the command; but an & within an address is what somebody forgot to quote."""
        if char == "&" and self.in_address and _PAIR_FOLLOWS.match(self.text, self.at):
            self.add("&")
            self.at += 2 if self.text[self.at + 1] == " " else 1
            if CUT not in self.found.remarks:
                self.found.remarks.append(CUT)
            return
        if char in "<>":
            self.redirection()
            return
        self.end_word()
        self.found.commands.append([])
        self.at += 1

    def redirection(self) -> None:
        """Pass over a redirection and its target; `<name>` within a word is a placeholder."""
        if self.word and (meant := re.compile(r"<[\w -]+>").match(self.text, self.at)):
            self.add(meant[0])
            self.at = meant.end()
            return
        if "".join(self.word or []).isdigit():
            self.word = None
        self.end_word()
        found = re.compile(r"[<>]+&?[ \t]*[^\s;|&]*").match(self.text, self.at)
        self.at = found.end() if found else self.at + 1

    def dollar(self) -> None:
        """Read `$'…'`, `$"…"`, or a variable, which stays as it is."""
        after = self.text[self.at + 1 : self.at + 2]
        if after == "'":
            self.add(self.escaped(self.at + 2))
        elif after == '"':
            self.add(self.quoted('"', self.at + 2))
        else:
            piece = _VARIABLE.match(self.text, self.at)
            self.add(piece[0] if piece else "$")
            self.at = piece.end() if piece else self.at + 1

    def quoted(self, quote: str, start: int) -> str:
        """Return what stands in plain quotes; in double ones a backslash hides a few characters."""
        made, at = [], start
        while at < len(self.text) and self.text[at] != quote:
            if quote == '"' and self.text[at] == "\\" and self.text[at + 1 : at + 2] in set('$`"\\\n'):
                at += 1
                made.append(self.text[at] if self.text[at] != "\n" else "")
            else:
                made.append(self.text[at])
            at += 1
        self.closed(at, start - 1)
        return "".join(made)

    def escaped(self, start: int) -> str:
        r"""Return what stands in `$'…'`, as browsers write what holds a quote: \', \n, \u0021."""
        made, at = [], start
        while at < len(self.text) and self.text[at] != "'":
            if self.text[at] != "\\":
                made.append(self.text[at])
                at += 1
            elif code := _CODE.match(self.text, at + 1):
                made.append(_character(code))
                at = code.end()
            else:
                after = self.text[at + 1 : at + 2]
                made.append(_ESCAPES.get(after, after))
                at += 2
        self.closed(at, start - 2)
        return "".join(made)

    def closed(self, at: int, start: int) -> None:
        """Go on behind the closing quote, or refuse a text that has none."""
        if at >= len(self.text):
            line, column = self.text.count("\n", 0, start) + 1, start - self.text.rfind("\n", 0, start)
            raise Unread("this quote is never closed; was the end of the line copied too?", line, column)
        self.at = at + 1


def _character(code: re.Match[str]) -> str:
    """Return the character of a number in `$'…'`; none where there is no such character."""
    hexadecimal = code[1] or code[2] or code[3]
    number = int(hexadecimal, 16) if hexadecimal else int(code[4], 8)
    return chr(number) if number < 0xD800 or 0xDFFF < number < 0x110000 else ""


def _cmd(text: str) -> Iterator[list[str]]:
    """Yield the commands of a text for cmd.exe, as browsers copy it: carets first, then quotes."""
    plain = "".join(_without_carets(text))
    for line in plain.split("\n"):
        if words := [_unquoted(one) for one in re.findall(r'(?:"(?:\\.|""|[^"\\])*"?|[^\s"])+', line)]:
            yield words


def _without_carets(text: str) -> Iterator[str]:
    """Yield the characters that cmd.exe hands on: outside of quotes, a caret hides the next one."""
    quoted, at = False, 0
    while at < len(text):
        char = text[at]
        if char == "^" and not quoted:
            at += 1
            yield text[at : at + 1].replace("\n", " ")
        else:
            quoted ^= char == '"'
            yield char
        at += 1


def _unquoted(word: str) -> str:
    """Return a word of cmd.exe as a program gets it."""
    pieces = re.findall(r'\\"|""|"|[^"\\]+|\\', word)
    return "".join('"' if one in ('\\"', '""') else "" if one == '"' else one for one in pieces)

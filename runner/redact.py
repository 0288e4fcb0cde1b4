"""PURE: keeps secrets out of text, in every writing in which a secret is met.

One alternation of all writings would have to be compiled anew with each token that is learnt, and tries
every writing at every place: with some thousand jobs, seconds a line. So the writings lie in a table by
their first six characters: one look-up at each place, the longest first, and learning costs next to nothing.
"""

from __future__ import annotations

import base64
import html
import json
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from urllib.parse import quote, quote_plus, unquote, urlsplit

from runner.errors import CUT, visible

MASK = "***"
SHORTEST = 6
"""A shorter secret cannot be masked without spoiling the text: profiles refuses those."""

LONGEST_TOKEN = 4096
MOST_TOKENS = 16
"""What of one answer is learnt at most: a server must not be able to fill our memory."""

_GIVEN = re.compile(r'"(runId|statusUrl|downloadUrl)"\s*:\s*("(?:[^"\\]|\\.)*")')
_USERINFO = re.compile(r"(?<=:/)(/?)(?:[^\s/?#:'\"]*:[^\s'\"]*|[^\s/?#'\"]*)@")
_VALUE = re.compile(r"([?&][\w.~%\[\]-]{1,80}=)[^\s&#'\"]+")
_WORD = re.compile(r"[a-z]{1,16}([_-][a-z]{1,16}){0,3}|[0-9]{1,13}")
"""What is no token, though it stands where one could: a plain word, a number, an instant."""


def writings(secret: str) -> frozenset[str]:
    """Return a secret in all the ways in which it is met: the plain text, and how each format writes it.

    Percent-encoded (three sets of safe characters, both cases of hex, and twice), as JSON (three ways), HTML
    (three), Python (text and bytes), shell, hex (two), with escapes, and base64 (both alphabets, padded,
    bare, percent-encoded, and from within a longer text at each of the three offsets).
    """
    made = {secret, visible(secret), *_percent(secret), *_quoted(secret), *_base64(secret.encode())}
    return frozenset(one for one in made if len(one) >= SHORTEST)


def _percent(secret: str) -> Iterator[str]:
    for once in (quote(secret), quote(secret, safe=""), quote_plus(secret)):
        yield from (once, quote(once, safe=""))
        yield re.sub("%..", lambda found: found[0].lower(), once)


def _quoted(secret: str) -> Iterator[str]:
    in_json = json.dumps(secret)[1:-1]
    in_html = html.escape(secret)
    content = secret.encode()
    yield from (in_json, json.dumps(secret, ensure_ascii=False)[1:-1], in_json.replace("/", "\\/"))
    yield from (in_html, html.escape(secret, quote=False), in_html.replace("&#x27;", "&#39;"))
    yield from (repr(secret)[1:-1], repr(content)[2:-1], secret.encode("ascii", "backslashreplace").decode())
    yield from (shlex.quote(secret), content.hex(), content.hex().upper())


def _base64(content: bytes) -> Iterator[str]:
    """Yield base64 of the content alone, and what of it stands in base64 of something longer around it."""
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        alone = encode(content).decode()
        yield from (alone, alone.rstrip("="), quote(alone, safe=""))
        for before, spoilt in enumerate((0, 2, 3)):
            bits = (before + len(content)) * 8
            yield encode(bytes(before) + content).decode()[spoilt : bits // 6]


def pair(username: str, password: str) -> tuple[str, str]:
    """Return what HTTP Basic makes of two credentials: the text, and its token."""
    both = f"{username}:{password}"
    return both, base64.b64encode(both.encode("utf-8", "surrogateescape")).decode()


def bare(text: str) -> str:
    """Return text whose addresses show no user, no password and no value of their queries, known or not.

    Whoever names a request, or types a file's name, may write an address there with all that is in it.
    """
    return _USERINFO.sub(rf"\1{CUT}@", _VALUE.sub(rf"\1{CUT}", text))


def tokens(body: str) -> list[str]:
    """Return what an answer of the vendor lets its holder in with: run ids, and the tokens of its addresses.

    The answer need not be one that we understand. Plain words and numbers are passed over: a server could
    blind every message with them.
    """
    return list(islice(_tokens(body), MOST_TOKENS))


def _tokens(body: str) -> Iterator[str]:
    for given in _GIVEN.finditer(body):
        try:
            value = json.loads(given[2], strict=False)
            value.encode()
        except ValueError:
            continue
        for one in (value,) if given[1] == "runId" else _of_address(value):
            if len(one) >= SHORTEST and not _WORD.fullmatch(one):
                yield one[:LONGEST_TOKEN]


def _of_address(url: str) -> Iterator[str]:
    """Yield the values of an address's query, and the run id of its path, as they were before encoding."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return
    values = [one.partition("=")[2] or one for one in parts.query.split("&")]
    path = parts.path.split("/")
    if path[-1] in ("status", "download"):
        values += path[-2:-1]
    for value in values:
        plain = unquote(value)
        yield plain
        if value not in (plain, quote(plain, safe="")):
            yield value  # encoded in a way of its own


class Redactor:
    """Masks what it knows. One learns at a time; others may use it meanwhile."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._known: set[str] = set()
        # First six characters -> length -> writing -> secret: tokens of one kind often begin alike.
        self._rows: dict[str, dict[int, dict[str, str]]] = {}
        self.learn(*secrets)

    def learn(self, *secrets: str) -> None:
        """Mask these too from now on, if they are long enough to be masked at all."""
        for secret in secrets:
            if secret not in self._known and len(secret) >= SHORTEST:
                for one in writings(secret):
                    row = self._rows.setdefault(one[:SHORTEST], {})
                    row.setdefault(len(one), {})[one] = secret
                self._known.add(secret)

    def __call__(self, text: str) -> str:
        """Return the text with a mask in the place of each secret; overlapping ones get one."""
        pieces, end = [], 0
        for start, stop, _ in self._spans(text):
            if start >= end:
                pieces += [text[end:start], MASK]
            end = max(end, stop)
        return "".join((*pieces, text[end:])) if pieces else text

    def found(self, text: str) -> frozenset[str]:
        """Return the secrets that stand in the text, in whatever writing."""
        return frozenset(secret for _, _, secret in self._spans(text))

    def _spans(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Yield where each secret stands, by its beginning: the longest of those that begin there."""
        if not self._rows:
            return
        look = self._rows.get
        for start in range(len(text) - SHORTEST + 1):
            row = look(text[start : start + SHORTEST])
            if row and (found := _longest(row, text, start)):
                yield start, start + len(found[0]), found[1]


def _longest(row: Mapping[int, Mapping[str, str]], text: str, start: int) -> tuple[str, str] | None:
    """Return the longest writing that stands there, or what a cut left of one, and the secret."""
    for length in sorted(row, reverse=True):
        piece = text[start : start + length]
        if secret := row[length].get(piece):
            return piece, secret
        whole, cut, _ = piece.partition(CUT)
        if cut:
            for one, secret in list(row[length].items()):
                if one.startswith(whole):
                    return whole, secret
    return None

"""An address as people paste it: taken apart, decoded once, with all that is odd about it noted. Pure.

It is read as it was meant. What a server would make of it otherwise is what the remarks say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import quote, unquote

from runner.foreign.call import Remark, Unread, Url, sound
from runner.request import Pairs

LONGEST = 65_536
"""The most characters of an address."""
MOST_PAIRS = 1_000
"""The most parameters of a request."""

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_UNCODED = re.compile(r"(\w[^/?#@:\s]*):(?!\d{1,5}[/?#]|[{$\[<])([^/?#@]+[/?#][^@]*)@")
"""A user and a password with a sign that ends an address's host."""
_ANDED = re.compile(r"^[^&=]*&\w+=")
_CODE = re.compile(r"%[0-9A-Fa-f]{2}")
_STRAY = re.compile(r"%(?![0-9A-Fa-f]{2})")
_OF_CMD = re.compile(r"%[A-Za-z_]\w{2,99}%")
"""A variable of cmd.exe, in which no percent sign encodes anything."""
_NAME = re.compile(r"[a-z][A-Za-z]{0,40}")
"""The name of a parameter, as all those of the API are."""
_PAIR = re.compile(r"[^=/?@:'\"\\]{0,80}=")
"""A name that is shown: of others, nobody knows what they are a part of."""
_SMART = {"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "‚": "'"}
_PLACEHOLDER = re.compile(r"(\[[^\]]*\]|<[^>]*>)")
"""What documents write in the place of a value; it may hold a space: [COMPANY KEY]."""
_GAP = re.compile(r"\s(?:&?([A-Za-z]\w{0,40})(?==))?")
_UNSEEN = re.compile("[\u200b-\u200f\u2060\ufeff\u202a-\u202e]")


def plain(text: str) -> tuple[str, list[Remark]]:
    """Return pasted text as it was before a word processor, a web page or a mail changed it."""
    remarks = []
    if any(one in text for one in _SMART):
        text = "".join(_SMART.get(one, one) for one in text)
        remarks.append(Remark("these are quotes of a word processor; a shell knows ' and \" only", "quotes"))
    if re.search(r"(?<=\s)[–—]{1,2}\w", text):
        text = re.sub(r"(?<=\s)—(?=\w)|(?<=\s)–(?=\w\w)", "--", re.sub(r"(?<=\s)–(?=\w\b)", "-", text))
        remarks.append(Remark("a long dash stands where an option begins; type - or --", "quotes"))
    if "&amp;" in text:
        text = text.replace("&amp;", "&")
        remarks.append(Remark("&amp; is how a web page writes &; write & alone", "address"))
    return _UNSEEN.sub("", text.replace("\xa0", " ")), remarks


def read(text: str) -> tuple[Url, str, str, list[Remark]]:
    """Return an address, the user and the password in it, and what is odd about it."""
    if len(text) > LONGEST:
        raise Unread(f"an address of over {LONGEST:,} characters")
    text, remarks = _whole(re.sub(r"\A<(.*)>\Z", r"\1", text.strip(), flags=re.DOTALL).strip("'\""))
    scheme = _SCHEME.match(text)
    rest, _, fragment = _coded(text[scheme.end() :] if scheme else text, remarks).partition("#")
    if fragment:
        remarks.append(Remark("what stands behind # is never sent; %23 is the sign itself", "address"))
    before, question, query = _asked(rest, remarks).partition("?")
    authority, slash, path = ("", "/", before[1:]) if before.startswith("/") else before.partition("/")
    user, _, host = authority.rpartition("@")
    username, _, password = user.partition(":")
    pairs, odd = pairs_of(query, "the address") if question else ((), [])
    # The name of a variable keeps its case.
    host = host if re.search(r"[{$]", host) else host.lower()
    url = Url((scheme[1] if scheme else "").lower(), host, slash + unquote(path), pairs)
    return url, decoded(username), decoded(password), [*remarks, *odd]


def _coded(text: str, remarks: list[Remark]) -> str:
    """Return an address without its scheme; a password in it as it has to be written."""
    if not (found := _UNCODED.match(text)):
        return text
    message = "a /, ? or # in a password ends the host there; write %2F, %3F or %23, or give it with -u"
    remarks.append(Remark(message, "address"))
    return f"{found[1]}:{quote(found[2], safe='%')}@{text[found.end() :]}"


def _asked(text: str, remarks: list[Remark]) -> str:
    """Return an address whose query begins with a question mark, also where an & stands in its place."""
    if "?" in text or not _ANDED.search(text):
        return text
    remarks.append(Remark("an & stands before the first parameter; write ? there", "address"))
    return text.replace("&", "?", 1)


def _whole(text: str) -> tuple[str, list[Remark]]:
    """Return an address without the spaces and line ends that came into it on the way."""
    if not re.search(r"\s", text):
        return text, []
    at = "a line end" if "\n" in text else "a space"
    pieces = _PLACEHOLDER.split(text)
    gaps = (_GAP.search(one) for one in pieces[::2])
    where = next((one for one in gaps if one), None)
    if where is None:
        return text, []
    before = f" before {where[1]}" if where[1] else ""
    closed = "".join(one if index % 2 else "".join(one.split()) for index, one in enumerate(pieces))
    return closed, [Remark(f"{at} stands in the address{before}; an address has none", "address")]


def pairs_of(text: str, where: str) -> tuple[Pairs, list[Remark]]:
    """Return the pairs of a query or of a form, decoded, and what is odd; `where` names the place."""
    remarks: list[Remark] = []
    pieces = [one.strip() for one in text.split("&")]
    if "" in pieces[:-1]:
        remarks.append(Remark("two & follow each other; one is enough", "address", grave=False))
    if len(pieces) > MOST_PAIRS:
        raise Unread(f"over {MOST_PAIRS:,} parameters in one request")
    named = [one for one in pieces if _PAIR.match(one) or _NAME.fullmatch(one)]
    if len(named) < len([one for one in pieces if one]):
        # It may be a password that a & parted, so it is not repeated.
        remarks.append(
            Remark(f"a part of {where} is no parameter with a name and an =; it is left out", "place")
        )
    return tuple(_pair(one, where, remarks) for one in named), remarks


def _pair(piece: str, where: str, remarks: list[Remark]) -> tuple[str, str]:
    """Return one pair, decoded."""
    name, equals, value = piece.partition("=")
    name = decoded(name)
    if not equals:
        remarks.append(Remark(f"there is no = in {where} behind {name!r}", name))
    if _OF_CMD.fullmatch(value):
        return name, value
    if _STRAY.search(value):
        remarks.append(Remark("a % stands alone; write %25 for the sign itself", name))
    if "+" in value and where == "the address":
        message = "a + in an address is a space to many servers; write %20 for a space, %2B for a plus"
        remarks.append(Remark(message, name))
    # No zone has a space in its name, but Etc/GMT+12 a plus.
    spaced = value if name == "timezone" else value.replace("+", " ")
    once = decoded(spaced)
    if _CODE.search(once):
        remarks.append(Remark("it is percent-encoded twice; the server would see the codes themselves", name))
        # Of all values only the name of a column could hold a code of its own.
        once = once if name == "reportMetrics" else decoded(once)
    return name, once


def decoded(text: str) -> str:
    """Return text without percent-encoding; what is no UTF-8 becomes a mark, a variable stays."""
    return text if _OF_CMD.fullmatch(text) else sound(unquote(text))


def with_query(url: Url, pairs: Iterable[tuple[str, str]]) -> Url:
    """Return an address with more pairs in its query."""
    return replace(url, query=(*url.query, *pairs))

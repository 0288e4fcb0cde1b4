"""A curl command as the request that it sends. Pure: files that it names are not read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from runner.foreign import address, broken
from runner.foreign.call import Body, Call, Remark, Unread
from runner.foreign.headers import credentials
from runner.request import Pairs

NAMES = frozenset({"curl", "curl.exe"})
_LONG = {
    "request": "X", "header": "H", "user": "u", "get": "G", "head": "I", "data": "d", "data-ascii": "d",
    "data-raw": "raw", "data-binary": "d", "data-urlencode": "encode", "url-query": "query", "json": "json",
    "form": "F", "form-string": "F", "url": "url", "cookie": "b", "insecure": "k",
    "location-trusted": "trust", "oauth2-bearer": "secret", "config": "K", "next": "next",
    "proxy-user": "secret", "upload-file": "T", "proxy-header": "proxy-header", "cert": "E",
    "pass": "secret", "proxy-pass": "secret", "tlspassword": "secret", "proxy-tlspassword": "secret",
    "proxy": "x", "preproxy": "x", "proxy1.0": "x", "socks4": "x", "socks4a": "x", "socks5": "x",
    "socks5-hostname": "x",
}  # fmt: skip
_VALUED = """
    raw encode query json url secret proxy-header
    abstract-unix-socket alt-svc aws-sigv4 cacert capath cert-type ciphers connect-timeout connect-to
    continue-at cookie-jar create-file-mode crlfile curves delegation dns-interface dns-ipv4-addr
    dns-ipv6-addr dns-servers doh-url dump-header egd-file engine etag-compare etag-save expect100-timeout
    ftp-account ftp-alternative-to-user ftp-method ftp-port ftp-ssl-ccc-mode happy-eyeballs-timeout-ms
    haproxy-clientip hostpubmd5 hostpubsha256 hsts interface ip-tos ipfs-gateway keepalive-cnt keepalive-time
    key key-type krb libcurl limit-rate local-port login-options mail-auth mail-from mail-rcpt max-filesize
    max-redirs max-time netrc-file noproxy output output-dir parallel-max pinnedpubkey proto proto-default
    proto-redir proxy-cacert proxy-capath proxy-cert proxy-cert-type proxy-ciphers proxy-crlfile proxy-key
    proxy-key-type proxy-pinnedpubkey proxy-service-name proxy-tls13-ciphers proxy-tlsauthtype proxy-tlsuser
    pubkey quote random-file range rate referer request-target resolve retry retry-delay
    retry-max-time sasl-authzid service-name sigalgs socks5-gssapi-service
    speed-limit speed-time stderr telnet-option tftp-blksize time-cond tls-max tls13-ciphers
    tlsauthtype tlsuser trace trace-ascii trace-config unix-socket user-agent variable vlan-priority write-out
"""
_WITH_VALUE = frozenset("XHudFbKUTAeoxmwcCDEPQrtyYz") | set(_VALUED.split())
_FROM_FILE = {
    "d": re.compile("@"),
    "json": re.compile("@"),
    "encode": re.compile("[^=@]*@[^=]*$"),
    "F": re.compile("[^=]*=[@<]"),
}
"""Data that lie in a file; behind another sign, an @ is one of the value."""
_SWALLOWED = re.compile(
    r"\s-[uHbXdUFA]\s*\S|\s--(user|header|cookie|request|data|form|proxy|oauth2|url|json|pass)\b|\scurl\s"
)
"""An option within a value: a quote is missing before it."""


@dataclass
class _Command:
    """What the options of one curl command say, so far."""

    urls: list[str] = field(default_factory=list)
    method: str = ""
    data: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    headers: list[tuple[str, str]] = field(default_factory=list)
    user: str = ""
    get: bool = False
    body: Body = "none"
    others: list[str] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


def calls(words: Sequence[str]) -> Iterator[Call]:
    """Yield the requests of one command, whose first word is curl itself."""
    command = _Command()
    rest = iter(words[1:])
    for word in rest:
        if word in ("--next", "-:"):
            yield from _made(command)
            command = _Command()
        elif word.startswith("--") and word != "--":
            _long(command, word[2:].removeprefix("expand-"), rest)
        elif word.startswith("-") and len(word) > 1 and word != "--":
            _short(command, word[1:], rest)
        elif word != "--":
            command.urls.append(word)
    yield from _made(command)


def _long(command: _Command, word: str, rest: Iterator[str]) -> None:
    """Take a long option, with its value behind it or, as other programs have it, behind a sign."""
    title, equals, value = word.partition("=")
    name = _LONG.get(title, title)
    if name not in _WITH_VALUE:
        value = ""
    elif equals:
        message = f"curl takes no = behind --{title}; put a space there"
        command.remarks.append(Remark(message, "curl"))
    else:
        value = next(rest, "")
    _option(command, name, value)


def _short(command: _Command, letters: str, rest: Iterator[str]) -> None:
    """Take short options, which may stand together; the last one may have its value right behind it."""
    for index, letter in enumerate(letters):
        if letter in _WITH_VALUE:
            _option(command, letter, letters[index + 1 :] or next(rest, ""))
            return
        _option(command, letter, "")


def _option(command: _Command, name: str, value: str) -> None:
    """Take one option that matters; the others are passed over."""
    match name:
        case "X":
            command.method = value.strip()
        case "u":
            command.user = value
        case "H" if value.startswith("@"):
            command.remarks.append(Remark("headers in a file (-H @) are not read", "curl", grave=False))
        case "H":
            command.headers.append(_header(value))
        case "G":
            command.get = True
        case "I":
            command.method = command.method or "HEAD"
        case "url":
            command.urls.append(value)
        case "query":
            command.added.append(value[1:] if value.startswith("+") else _encoded(value))
        case "b" | "secret" | "U" | "E" | "x" | "proxy-header":
            command.others += filter(None, _secret_in(name, value))
        case _:
            _data(command, name, value)
            _notable(command, name)


def _header(value: str) -> tuple[str, str]:
    title, _, content = value.partition(":")
    return title.strip().lower(), content.strip()


def _secret_in(name: str, value: str) -> Sequence[str]:
    """Return the secret of an option that is none of a request's own, without what is public beside it."""
    match name:
        case "E":
            return [value.partition(":")[2]]
        case "x":
            return [value.rpartition("@")[0].rpartition("//")[2]]
        case "proxy-header":
            return credentials([_header(value)])[2]
        case _:
            return [value]


def _data(command: _Command, name: str, value: str) -> None:
    """Take what an option puts into the body."""
    if name in _FROM_FILE and _FROM_FILE[name].match(value):
        message = "the data are in a file, which is not read; write them into the line"
        command.remarks.append(Remark(message, "body"))
    elif name in ("d", "raw"):
        command.data.append(value)
        command.body = "form" if command.body == "none" else command.body
    elif name == "encode":
        command.data.append(_encoded(value))
        command.body = "form"
    elif name == "F":
        command.data.append(_encoded(value))
        command.body = "multipart"
    elif name == "json":
        command.data.append(value)
        command.body = "json"
    elif name == "T":
        command.method = command.method or "PUT"


def _notable(command: _Command, name: str) -> None:
    """Note options that are a danger, or that hide something."""
    if name == "k":
        text = "-k lets anybody in between read the password: leave it out"
        command.remarks.append(Remark(text, "curl"))
    elif name == "trust":
        text = "--location-trusted sends the password on to the storage, which refuses it: -L is enough"
        command.remarks.append(Remark(text, "curl"))
    elif name == "K":
        command.remarks.append(Remark("options in a file (-K) are not read", "curl", grave=False))


def _encoded(value: str) -> str:
    """Return what --data-urlencode sends: `name=content`, `=content` or `content`, the content encoded."""
    name, equals, content = value.partition("=")
    return f"{name}={quote(content, safe='')}" if equals and name else quote(content or name, safe="")


def _made(command: _Command) -> Iterator[Call]:
    """Yield one request for each address of a command."""
    data = "&".join(command.data)
    _judge_quotes(command)
    for text in command.urls:
        if not broken.begins(text):
            continue
        extra = [*([data] if command.get and data else []), *command.added]
        joined = text + "".join(("&" if "?" in text else "?") + "&".join(extra) for _ in extra[:1])
        url, username, password, remarks = address.read(joined)
        method = command.method or ("GET" if command.get or not command.data else "POST")
        form, body, odd = ((), "none", []) if command.get else _body(command, data)
        if command.user:
            username, _, password = command.user.partition(":")
        elif username:
            remarks.append(Remark("the address holds a user name; give it with -u", "address"))
        user, secret, others = credentials(command.headers)
        yield Call(
            name="",
            url=url,
            method=method.upper(),
            form=form,
            body=body,
            username=username or user,
            password=password or secret,
            others=(*command.others, *others),
            remarks=(*command.remarks, *remarks, *odd, *_shouted(method)),
        )


def _judge_quotes(command: _Command) -> None:
    """Refuse values that go on beyond their end: what follows would be shown as a part of them."""
    for value in (*command.urls, *command.data, *command.added, command.method):
        if _SWALLOWED.search(value):
            raise Unread("a value holds the options that follow it; is a quote missing before them?")
    for one in filter(broken.begins, command.urls):
        try:
            broken.only(one)
        except broken.Beside:
            raise Unread("other text stands in the address; is a quote missing behind it?") from None


def _shouted(method: str) -> list[Remark]:
    """Note a method in small letters, which servers do not know."""
    small = method.isalpha() and method != method.upper()
    return [Remark(f"methods are in capitals: {method.upper()}", "method")] if small else []


def _body(command: _Command, data: str) -> tuple[Pairs, Body, list[Remark]]:
    """Return the body's pairs, and how it carries them."""
    kind = dict(command.headers).get("content-type", "")
    if command.body == "form" and "json" in kind:
        return pairs_in(data, "json")
    return pairs_in(data, command.body)


def pairs_in(data: str, body: Body) -> tuple[Pairs, Body, list[Remark]]:
    """Return the pairs of a body's text; those of JSON too, which some page of the vendor declares."""
    if body == "json":
        return _of_json(data), "json", []
    pairs, remarks = address.pairs_of(data, "the form") if data else ((), [])
    return pairs, body, remarks


def _of_json(data: str) -> Pairs:
    """Return the pairs of a flat JSON object; none of anything else."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return ()
    pairs = found.items() if isinstance(found, dict) else ()
    return tuple(
        (name, one if isinstance(one, str) else json.dumps(one))
        for name, value in pairs
        for one in (value if isinstance(value, list) else [value])
    )

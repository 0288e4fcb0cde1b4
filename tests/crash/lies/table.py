"""What goes wrong outside of us, one line each: id, what, outcome. Every id is a case of the tests beside.

R: answers of the server. E: environment and secrets. F: faults of the machine.
"""

from __future__ import annotations

from typing import NamedTuple

from runner.errors import Exit

OUTCOMES: dict[str, tuple[Exit, ...]] = {
    "OK": (Exit.DONE,),
    "OK+WARN": (Exit.DONE,),
    "TEMP": (Exit.UNFINISHED,),
    "LOCK": (Exit.UNFINISHED,),
    "PROTO": (Exit.UNTRUSTED,),
    "INTEGRITY": (Exit.UNTRUSTED,),
    "ORIGIN": (Exit.UNTRUSTED,),
    "JOB": (Exit.VENDOR,),
    "AUTH": (Exit.CREDENTIALS,),
    "CONFIG": (Exit.PROFILES,),
    "IO": (Exit.IO,),
    "CANTCREATE": (Exit.CANNOT_CREATE,),
    "MANIFEST": (Exit.DATA,),
    "INT": (Exit.INTERRUPTED, Exit.TERMINATED),
}
"""The exit codes that an outcome stands for; OK+WARN tells a warning beside it."""


class Row(NamedTuple):
    """One line of the table."""

    id: str
    what: str
    outcome: str


_TEXT = """
E01 | no user name | CONFIG
E02 | no password | CONFIG
E03 | no company key | CONFIG
E04 | an empty password | CONFIG
E05 | a password that ends with a line break | CONFIG
E06 | a user name with a colon | CONFIG
E07 | CR, LF or NUL in user name or password | CONFIG
E08 | a password beyond ASCII | OK
E09 | a password of three characters | CONFIG
E10 | a password full of characters that encodings change | OK
E11 | a base URL without a scheme | CONFIG
E12 | a base URL with ftp:// | CONFIG
E13 | ~/.netrc knows the host | OK
E14 | HTTP_PROXY is set | OK
E15 | SSL_CERT_FILE names a file that is not there | CONFIG
E16 | a certificate that is expired, of another host, or signed by nobody | ORIGIN
E17 | ${HOME} in a value of the manifest | MANIFEST
E18 | no HOME, and a relative folder for the journal | OK
R01 | create: 401 | AUTH
R02 | create: 403 | AUTH
R03 | create: 404 | JOB
R04 | create: 400 with a message | JOB
R05 | create: 429, come back in 2 s, then good | OK
R06 | create: 429 for ever | TEMP
R07 | Retry-After that is negative, a word, NaN, endless, or over | OK
R08 | create: 500 once | OK+WARN
R09 | create: 502 with a page, once | OK+WARN
R10 | create: 503 for ever | TEMP
R11 | create: 200 that says FAIL | JOB
R12 | create: PASS without a result | PROTO
R13 | create: PASS without a statusUrl | PROTO
R14 | statusUrl is empty | PROTO
R15 | statusUrl is a number | PROTO
R16 | statusUrl is a path | OK
R17 | statusUrl at another host | ORIGIN
R18 | statusUrl with our host as its user name | ORIGIN
R19 | statusUrl whose host begins with ours | ORIGIN
R20 | statusUrl without TLS | ORIGIN
R21 | statusUrl at another port | ORIGIN
R22 | statusUrl that begins with // | ORIGIN
R23 | statusUrl of another kind: javascript, data, file | ORIGIN
R24 | statusUrl where a cloud machine keeps its credentials | ORIGIN
R25 | statusUrl with a backslash before its @ | ORIGIN
R26 | statusUrl whose host ends with a dot | ORIGIN
R27 | statusUrl in upper case, with the port that is meant anyway | OK
R28 | statusUrl with a query of its own | OK
R29 | a runId with + / = in the path | OK
R30 | result is a list of one | OK
R31 | result is a list of none, or of two | PROTO
R32 | statusUrl twice in one object | PROTO
R33 | NaN in the JSON | PROTO
R34 | JSON behind a byte order mark | OK
R35 | half a character in a string | PROTO
R36 | 100,000 lists in each other | PROTO
R37 | a number of 5,000 digits | PROTO
R38 | create: 200 with a login page | PROTO
R39 | create: 200 with nothing | PROTO
R40 | 200 MB of JSON for a status | PROTO
R41 | good JSON that calls itself HTML | OK+WARN
R42 | create: 302 | PROTO
R43 | create: 307 to another host | PROTO
R44 | create: reset after it was read | OK+WARN
R45 | create: answered too late | OK+WARN
R46 | create: the answer is cut | OK+WARN
R47 | runnerState PAUSED for ever | PROTO
R48 | CLOSED, FAILED, with a reason | JOB
R49 | CLOSED, CANCELED | JOB
R50 | CLOSED, TERMINATED | JOB
R51 | CLOSED, TIMED_OUT | JOB
R52 | CLOSED, CONTINUED_AS_NEW | JOB
R53 | COMPLETED, and the link comes with the third look | OK
R54 | COMPLETED, and the link never comes | PROTO
R55 | CLOSED, and no detail | PROTO
R56 | details in place of detail | OK
R57 | RUNNING for ever | TEMP
R58 | status: 404 three times | OK+WARN
R59 | status: 401 in the middle | AUTH
R60 | status: 500 three times | OK
R61 | the status of another job | PROTO
R62 | a reason with escapes, a CI's command and a script | JOB
R63 | downloadUrl at another host | ORIGIN
R64 | a file cut short of its length, once | OK
R65 | a file cut short of its length, every time | INTEGRITY
R66 | chunks, cut inside of one | OK
R67 | chunks without the last one | OK
R68 | a reset in the body | OK
R69 | a whole file without a length | OK+WARN
R70 | no length, cut inside of a row | INTEGRITY
R71 | TLS, no length, cut without a goodbye | INTEGRITY
R72 | gzip that nobody asked for | OK
R73 | gzip cut, and its length says so too | INTEGRITY
R74 | gzip of two members | OK
R75 | gzip with a wrong sum | INTEGRITY
R76 | gzip with something behind it | INTEGRITY
R77 | gzip: 1 MB that unpacks to 1 GiB | INTEGRITY
R78 | gzip in gzip: 1.8 KB that unpacks to 1 GiB | INTEGRITY
R79 | br, zstd, snappy | INTEGRITY
R80 | a plain file that is called gzip | INTEGRITY
R81 | a page as the file | INTEGRITY
R82 | a FAIL of the API as the file | INTEGRITY
R83 | an empty file | INTEGRITY
R84 | a header and no rows | OK+WARN
R85 | other columns than were asked for | INTEGRITY
R86 | a row with a cell too few | INTEGRITY
R87 | a quote that is open at the end | INTEGRITY
R88 | no line end at the end, the length is right | OK+WARN
R89 | bytes that are no UTF-8 | OK+WARN
R90 | a JSON file that is cut | INTEGRITY
R91 | a JSON file that is an object | INTEGRITY
R92 | file: 403 with the storage's own XML | OK+WARN
R93 | file: 404, 410 | OK+WARN
R94 | 302 to a pre-signed address | OK
R95 | a redirect from https to http | ORIGIN
R96 | a redirect to an address inside, written out or looked up | ORIGIN
R97 | redirects in a circle | PROTO
R98 | a redirect with a user name | ORIGIN
R99 | a redirect to nowhere | PROTO
R100 | 206 that nobody asked for | INTEGRITY
R101 | after a cut: 206 that begins elsewhere | OK
R102 | after a cut: 206 that does not say where it begins | OK
R103 | after a cut: 200 | OK
R104 | after a cut: 416 | OK
R105 | after a cut: another ETag | OK
R106 | a file without end | INTEGRITY
R107 | a file that drips | TEMP
R108 | headers that drip | TEMP
R109 | 100 Continue without end | TEMP
R110 | a header of 200 KB | PROTO
R111 | Content-Disposition with a path | OK
R112 | a cookie of the storage | OK
R113 | a sum that does not match | INTEGRITY
R114 | a cell that a spreadsheet would carry out | OK+WARN
R115 | a cell with a script | OK
R116 | file: 204 | INTEGRITY
R117 | file: status 600, 999 | PROTO
R118 | two lengths that differ | PROTO
R119 | no HTTP at all | PROTO
R120 | a reason phrase with escapes and a CI's command | OK
F01 | the disk is full while a part is written | IO
F02 | the disk is full for the journal, after the create | IO
F03 | fsync says EIO | IO
F04 | the rename is not allowed | CANTCREATE
F05 | killed at each system call | OK
F06 | Ctrl-C while a create is under way | INT
F07 | SIGTERM in a download | INT
F08 | Ctrl-C twice | INT
F09 | a second run at once | LOCK
F10 | the journal's last entry is torn | OK
F11 | the journal is damaged in the middle | IO
F12 | the journal of a newer version | IO
F13 | the folder of the files is removed during the run | IO
F14 | a file is edited after the run | OK+WARN
F15 | the clock jumps: 25 h ahead, a day back, to 1970 | OK
F16 | the journal's folder is read-only | CANTCREATE
F17 | no file descriptor is left | IO
F18 | names cannot be looked up for 30 s | OK
F19 | a part file of another run | OK
F20 | the lock is deleted, the files are there | OK
"""

ROWS = tuple(Row(*map(str.strip, line.split(" | "))) for line in _TEXT.strip().splitlines())
"""The table."""
BY_ID = {row.id: row for row in ROWS}


def ids(letter: str) -> list[str]:
    """Return the ids that begin with a letter, in order."""
    return [row.id for row in ROWS if row.id.startswith(letter)]


def exits(id: str) -> tuple[Exit, ...]:
    """Return the exit codes that a case may end with."""
    return OUTCOMES[BY_ID[id].outcome]

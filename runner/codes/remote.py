"""PURE: the errors of the vendor, and of the network on the way there."""

from __future__ import annotations

from collections.abc import Mapping

from runner.codes.code import MENDED, Code
from runner.errors import Exit

REMOTE: Mapping[str, Code] = {
    "E-ANSWER": Code(
        (Exit.UNTRUSTED,),
        "An answer is not what any document of the API describes: no JSON, no ids, another job, too long, or "
        "an HTTP status that this API does not give.",
        "Run again: a job that was made is asked for once more. If it stays, a proxy may answer in the "
        "vendor's place, or the API has changed: report it, with the message.",
        "goes on",
    ),
    "E-BUCKETS": Code(
        (Exit.VENDOR,),
        'The vendor\'s "Too many buckets": timeInterval cuts the window into more pieces than it computes.',
        "Write one of the lengths that the message names as timeInterval, or split the window with `split: "
        "month` or `split: week`.",
        MENDED,
    ),
    "E-BUSY": Code(
        (Exit.UNFINISHED,),
        "The vendor said again and again to come back later (HTTP 429 or 503, or `too many exports`): "
        "others use the same user's or company's queue.",
        "Run again later. If it happens often, give the profile lower `limits`, or a user of its own.",
        "goes on",
    ),
    "E-CHECKSUM": Code(
        (Exit.UNTRUSTED,),
        "A file came, but its bytes are not those whose checksum the storage named; three times.",
        "Run again. If it stays, something on the way changes files: look at proxies.",
        "goes on",
    ),
    "E-CONNECT": Code(
        (Exit.UNFINISHED,),
        "No connection: the host's name is not found, or nothing answers there. Nothing was sent.",
        "Check the network and the profile's base_url, then run again.",
        "goes on",
    ),
    "E-CONTENT": Code(
        (Exit.UNTRUSTED,),
        "What came cannot be a whole file: damaged compression, an unknown encoding, too large, or HTTP 204 "
        "or 206.",
        "Run again. If it stays, ask for a smaller window (`split`), or report it.",
        "goes on",
    ),
    "E-CREDENTIALS": Code(
        (Exit.CREDENTIALS,),
        "The server does not accept the user name or the password (HTTP 401). Nothing more was sent for this "
        "profile.",
        "Check the three references of the profile, and that the user may use the Analytics API.",
        MENDED,
    ),
    "E-CUT": Code(
        (Exit.UNFINISHED, Exit.UNTRUSTED),
        "The connection broke before all of an answer or a file was there; what had come was thrown away.",
        "Run again: a file is fetched anew, whole.",
        "goes on",
    ),
    "E-DOWNLOAD": Code(
        (Exit.UNTRUSTED,),
        "The address of a file answered with an HTTP status that is neither a file nor a known refusal.",
        "Run again: the address is asked for anew.",
        "goes on",
    ),
    "E-EXPIRED": Code(
        (Exit.VENDOR,),
        "The vendor lost a job or its file, and lost the second one too.",
        "`run --retry-failed` makes a new job.",
        "ends the same",
    ),
    "E-FORBIDDEN": Code(
        (Exit.CREDENTIALS,),
        "The server lets the user in, but not to this (HTTP 403). Other exports of the profile go on; where "
        "three were forbidden and none was let through, nothing more was asked for.",
        "Look whether the user may have this report, and whether the company key is the right one.",
        MENDED,
    ),
    "E-JOB": Code(
        (Exit.VENDOR,),
        "The vendor made the job and ended it without a file; the message holds its reason. Where it FAILED, "
        "or TIMED_OUT, it was made once more after a pause.",
        "`run --retry-failed` makes a new job. If that fails, ask for a smaller window, or ask the vendor.",
        "ends the same",
    ),
    "E-NO-LINK": Code(
        (Exit.UNTRUSTED,),
        "The job is COMPLETED, but answer after answer held no address of its file.",
        "Run again a little later: the job is asked for once more.",
        "goes on",
    ),
    "E-ORIGIN": Code(
        (Exit.UNTRUSTED,),
        "An answer led to an address that is not to be trusted: another host, no https, or a private "
        "network. No credentials were sent there.",
        "Check that base_url names the very host that the vendor's answers name. If it does, ask the vendor.",
        "goes on",
    ),
    "E-PROTOCOL": Code(
        (Exit.UNFINISHED, Exit.UNTRUSTED),
        "What came back is not HTTP as it should be.",
        "Run again. If it stays, look at proxies on the way.",
        "goes on",
    ),
    "E-REDIRECT": Code(
        (Exit.UNTRUSTED,),
        "A download was led on more than five times, or nowhere.",
        "Run again: the address is asked for anew. If it stays, report it.",
        "goes on",
    ),
    "E-REFUSED": Code(
        (Exit.VENDOR,),
        "The vendor refused to make the export; the message holds its words.",
        "Correct the export in the manifest: columns and parameters that no document names are only judged "
        "by the vendor. Where nothing is wrong with it, `run --retry-failed` asks once more.",
        MENDED,
    ),
    "E-SERVER": Code(
        (Exit.UNFINISHED,),
        "The server failed (HTTP 5xx), several times in a row.",
        "Run again later.",
        "goes on",
    ),
    "E-SLOW": Code(
        (Exit.UNFINISHED,),
        "A file came so slowly that the download was given up.",
        "Run again later: the file is fetched anew, without a new job.",
        "goes on",
    ),
    "E-STATE": Code(
        (Exit.UNTRUSTED,),
        "The job is in a state that no document names, so nobody can tell whether it is done.",
        "Run again: the job is asked for once more. If it stays, the API has changed: report it.",
        "goes on",
    ),
    "E-TIMEOUT": Code(
        (Exit.UNFINISHED,),
        "An answer, or the next piece of a file, did not come in time.",
        "Run again later.",
        "goes on",
    ),
    "E-TLS": Code(
        (Exit.UNTRUSTED,),
        "The server's certificate cannot be trusted: expired, self-signed, or for another host. Nothing was "
        "sent, and there is no switch to send it all the same.",
        "Check base_url. Behind a company's proxy, let SSL_CERT_FILE name a file with its certificate.",
        MENDED,
    ),
    "E-UNKNOWN": Code(
        (Exit.UNFINISHED,),
        "The answer to a create request never came, so nobody can tell whether the vendor made the job. It "
        "is not asked for again by itself.",
        "Look for the job at the vendor. If it is there, `adopt` takes it over. Else `forget` it, or let it "
        "be asked for once more: `run --on-unknown repeat`, and after two tries `run --retry-failed`. That "
        "is flagged in the summary: two jobs may then exist.",
        MENDED,
    ),
    "E-UNPROVEN": Code(
        (Exit.UNTRUSTED,),
        "A file came three times, but it is not what was asked for: cut off, an error page, other columns.",
        "Run again. If it stays, ask for a smaller window, or report it.",
        "goes on",
    ),
}
"""By code, what a request can bring but what was asked for."""

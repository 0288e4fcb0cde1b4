"""PURE: the errors of this machine: command line, manifest, profiles, files, and our own."""

from __future__ import annotations

from collections.abc import Mapping

from runner.codes.code import MENDED, Code
from runner.errors import Exit

LOCAL: Mapping[str, Code] = {
    "E-BUG": Code(
        (Exit.BUG,),
        "Something happened that care-export does not provide for.",
        "Report it, with what CARE_EXPORT_TRACEBACK=1 shows. Whatever was recorded before is kept.",
        "goes on",
    ),
    "E-DIFFERS": Code(
        (Exit.DIFFERS,),
        "Files, or what is asked for, are not as the committed lock says.",
        "Where the change is wanted, run without --frozen and commit the lock; else restore what changed.",
        "ends the same",
    ),
    "E-DISK": Code(
        (Exit.IO,),
        "The journal cannot be written, so nothing more was sent: the disk is full, or broken.",
        "Make room or repair the disk, then run again.",
        "goes on",
    ),
    "E-EXISTS": Code(
        (Exit.CANNOT_CREATE,),
        "A file that care-export did not make appeared at an output's place during the run.",
        "Move it away, or run with --overwrite. The file that was fetched is kept beside it.",
        MENDED,
    ),
    "E-FOREIGN": Code(
        (Exit.DATA,),
        "What was given to explain or import cannot be read, or holds no request that a manifest can ask "
        "for. Nothing was sent or written.",
        "Correct the place that is named above, or give a URL, a curl line, or another tool's collection.",
        MENDED,
    ),
    "E-HELD": Code(
        (Exit.UNFINISHED,),
        "Another run is at work on the same profile, from the same state folder. Nothing was sent.",
        "Wait until it has ended, then run again.",
        "goes on",
    ),
    "E-IO": Code(
        (Exit.IO,),
        "The system could not read or write: a full disk, a broken one, a lost mount.",
        "Mend what the message names, then run again.",
        "goes on",
    ),
    "E-JOURNAL": Code(
        (Exit.IO,),
        "The journal cannot be read: it is damaged, is something else, or is from a newer version.",
        "Nothing was deleted. Upgrade, or move the journal aside: jobs that it knows are then made again.",
        MENDED,
    ),
    "E-LEAK": Code(
        (Exit.BUG, Exit.UNTRUSTED),
        "The lock would have held a secret of this run; it was not written. 76 where a column that the "
        "vendor sent holds it, 70 where we are at fault.",
        "Report it. Look at the file that the message names before you pass it on.",
        "ends the same",
    ),
    "E-LOCALE": Code(
        (Exit.CANNOT_CREATE,),
        "The character set of this system has no writing for a name.",
        "Names beyond ASCII need a UTF-8 locale: set LC_ALL=C.UTF-8.",
        MENDED,
    ),
    "E-LOCK-DAMAGED": Code(
        (Exit.DATA,),
        "The lock beside the manifest is not JSON, or is no lock of this version.",
        "Take it from the last commit, or delete it to have it made again.",
        MENDED,
    ),
    "E-MANIFEST": Code(
        (Exit.DATA,),
        "A manifest cannot be carried out as it is; each problem is told with file, line and column. "
        "Nothing was sent.",
        "Correct the places that are named above.",
        MENDED,
    ),
    "E-NO-FILE": Code(
        (Exit.NO_INPUT,),
        "A file that was named is not there, is no file, or cannot be read.",
        "Check the name, and that you may read it.",
        MENDED,
    ),
    "E-NO-LOCK": Code(
        (Exit.NO_INPUT,),
        "There is no lock to compare with.",
        "Run the manifest once, without --frozen, and commit the lock that this writes.",
        MENDED,
    ),
    "E-OUTPUT": Code(
        (Exit.CANNOT_CREATE,),
        "Files or folders cannot be made where the manifest, --out or --state want them. Nothing was sent.",
        "Move what is in the way, or choose another place or name; --overwrite replaces files that are not "
        "this manifest's own.",
        MENDED,
    ),
    "E-PERMISSION": Code(
        (Exit.CANNOT_CREATE,),
        "A file or folder may not be written, or one is in the way of the other.",
        "Change its owner, its mode or its place, then run again.",
        MENDED,
    ),
    "E-PORT": Code(
        (Exit.IO,),
        "The sandbox cannot listen on that port.",
        "Without --port a free one is taken.",
        MENDED,
    ),
    "E-PROFILE": Code(
        (Exit.PROFILES,),
        "A profile is wrong, is not defined, or lacks something. Nothing was sent.",
        "Correct profiles.yaml, in the current folder, or set the variables that the message names.",
        MENDED,
    ),
    "E-SECRET": Code(
        (Exit.PROFILES,),
        "A credential cannot be had from where the profile says: the variable, the file (mode 0600) or the "
        "keyring. Nothing was sent.",
        "Set what the message names.",
        MENDED,
    ),
    "E-STOPPED": Code(
        (Exit.UNFINISHED,),
        "We cut a request off, because the run was asked to stop.",
        "Run again.",
        "goes on",
    ),
    "E-UNFINISHED": Code(
        (Exit.UNFINISHED,),
        "The run ended before everything was done.",
        "Run the same command again.",
        "goes on",
    ),
    "E-USAGE": Code(
        (Exit.USAGE,),
        "The command line is wrong.",
        "`care-export --help` shows the verbs, `care-export VERB --help` the options of one.",
        MENDED,
    ),
}
"""By code, what goes wrong before anything is sent, or here."""

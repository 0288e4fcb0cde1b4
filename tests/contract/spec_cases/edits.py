"""How each spec case looks in our spec files: one edit of a good folder, and words of the message.

An edit is a file, a text that stands in it once, and what takes its place. Where a case speaks of JSON Schema
keywords, the same is tried in parameters.yaml, whose closed grammar stands for them.
"""

from __future__ import annotations

from dataclasses import dataclass

AUTHOR = "reports/author.yaml"
CONVERSATION = "reports/conversation.yaml"
PARAMETERS = "parameters.yaml"
PATH = "path: /api/public/reports/report/author"
FIRST = "  companyKey:\n"
FORMAT = "    allowed: [json, csv]\n    default: json\n"
COMPANY_TYPE = "    title: Company key\n    type: string\n"


@dataclass(frozen=True)
class Edit:
    """A file, the old text and the new; `words` must stand in a problem of that file."""

    file: str
    old: str
    new: str
    words: str


def company(extra: str, words: str) -> Edit:
    """Add a line to the parameter companyKey."""
    return Edit(PARAMETERS, COMPANY_TYPE, f"{COMPANY_TYPE}    {extra}\n", words)


def added(name: str, words: str) -> Edit:
    """Add a parameter of this name before all others."""
    whole = f"  {name}: {{title: T, type: string, style: single, note: N, sources: [O]}}\n"
    return Edit(PARAMETERS, FIRST, whole + FIRST, words)


def author(extra: str, words: str) -> Edit:
    """Add a line to the spec of the report author."""
    return Edit(AUTHOR, "family: care\n", f"family: care\n{extra}\n", words)


def _deep(levels: int) -> str:
    return "{type: string}" if not levels else f"{{anyOf: [{_deep(levels - 1)}, {{type: string}}]}}"


REFUSED = {
    "S01": Edit(AUTHOR, PATH + "\n", "", "missing key 'path'"),
    "S02": Edit(AUTHOR, PATH, "path: https://evil/x", "an absolute path under /api/public"),
    "S03": Edit(AUTHOR, PATH, "path: /api/public/reports/../author", "no '..'"),
    "S04": Edit(AUTHOR, PATH, f'{PATH}?x=1#y"'.replace("path: ", 'path: "'), "no '?', no '#'"),
    "S05": Edit(AUTHOR, "method: POST", "method: DELETE", "'DELETE' is not one of GET, POST"),
    "S06": Edit(
        "reports/combined.yaml", "id: combined", "id: author", "author is the id of specs/reports/author.yaml"
    ),
    "S08": Edit(PARAMETERS, COMPANY_TYPE, COMPANY_TYPE.replace("string", "strng"), "did you mean 'string'?"),
    "S09": Edit(AUTHOR, "required:", "requird:", "unknown key 'requird'; did you mean 'required'?"),
    "S10": company("pattern: '('", "cannot be read"),
    "S11": company("pattern: ^(a+)+$", "a repeated group must not itself hold a repetition"),
    "S12": company('"$ref": "http://127.0.0.1:{port}/x.json"', "nothing is referred to, opened or fetched"),
    "S13": company('"$ref": file:///etc/passwd', "nothing is referred to, opened or fetched"),
    "S14": author('"$ref": ../../../etc/hostname', "nothing is referred to, opened or fetched"),
    "S15": author("\"$ref\": '#'", "nothing is referred to, opened or fetched"),
    "S16": author('"$defs": {a: {"$ref": "#/$defs/b"}, b: {"$ref": "#/$defs/a"}}', "nothing is referred to"),
    "S17": company("customTypePath: os.system", "a spec cannot name Python code"),
    "S18": author("customBasePath: antigravity.Foo", "a spec cannot name Python code"),
    "S19": company("x-python-import: {module: os, name: system}", "a spec cannot name Python code"),
    "S21": added(
        "start-time: {title: T, type: string, style: single, note: N, sources: [O]}\n  start_time", "become"
    ),
    "S22": added("model_config", "has a meaning in the generated models already"),
    "S23": Edit(AUTHOR, "title: Raw Author", 'title: "Raw\\nimport os"', "one line of text"),
    "S25": Edit(PARAMETERS, "allowed: [json, csv]", "allowed: []", "the list is empty"),
    "S26": Edit(
        PARAMETERS, FORMAT, FORMAT.replace("default: json", "default: xlsx"), "not one of the allowed"
    ),
    "S27": Edit(
        AUTHOR, "required: [companyKey,", "required: [companyKey, teamIds,", "is not a parameter of this"
    ),
    "S30": Edit(
        CONVERSATION, "metrics:\n", "metrics:\n  - {name: status, source: G}\n", "equal but for case"
    ),
    "S31": Edit(
        PARAMETERS, "    minimum: 0\n", "    minimum: 0\n    multipleOf: 0\n", "0 is not between 1 and"
    ),
    "S32": company(f"anyOf: [{_deep(21)}, {{type: string}}]", "more than 40 levels deep"),
}
"""Cases that end with SPEC after one edit, by their id."""

VARIANTS = {
    "S19": (
        company("x-python-type: os.system", "a spec cannot name Python code"),
        company("default_factory: os.getcwd", "a spec cannot name Python code"),
    ),
    "S32": (company(f"anyOf: [{_deep(12)}, {{type: string}}]", "unknown key 'anyOf'"),),
    "S22": (added("__init__", "a parameter's name"), added("''", "a parameter's name")),
}
"""Further forms of a case that lists several."""

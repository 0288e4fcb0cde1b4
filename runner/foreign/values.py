"""The values of a request, from the text on the wire to what a manifest holds. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from runner.catalog import Parameter
from runner.document import Json
from runner.foreign.call import Remark
from runner.foreign.variables import unknown
from runner.scalars import MAX_DIGITS

_INTEGER = re.compile(rf"-?[0-9]{{1,{MAX_DIGITS}}}")


def value(texts: Sequence[str], parameter: Parameter, remarks: list[Remark]) -> Json:
    """Return a parameter's value, however it was written; what is odd about that goes to `remarks`.

    What cannot be read stays text, for the report's schema to refuse.
    """
    if name := next((unknown(one) for one in texts if unknown(one)), ""):
        message = f"the variable {{{{{name}}}}} has no value here; give it with --environment"
        remarks.append(Remark(message, parameter.name))
    if parameter.style == "single":
        return _scalar(_one(texts, parameter, remarks), parameter, parameter.type, remarks)
    single = "integer" if parameter.type == "integers" else "string"
    return [_scalar(one, parameter, single, remarks) for one in _many(texts, parameter, remarks)]


def _one(texts: Sequence[str], parameter: Parameter, remarks: list[Remark]) -> str:
    """Return the one text of a parameter that takes one; of several the last, as most servers do."""
    if len(texts) > 1:
        same = "the same value" if len(set(texts)) == 1 else "different values"
        remarks.append(Remark(f"it stands there {len(texts)} times, with {same}; keep one", parameter.name))
    return texts[-1]


def _many(texts: Sequence[str], parameter: Parameter, remarks: list[Remark]) -> list[str]:
    """Return the items of a list, joined by commas or repeated; not every parameter takes both."""
    joined = any("," in one for one in texts)
    if parameter.style == "repeated" and joined:
        message = f"one for each: {parameter.name}=A&{parameter.name}=B, not one list with commas"
        remarks.append(Remark(message, parameter.name))
    elif parameter.style == "comma" and len(texts) > 1:
        message = f"one list with commas, as 1%2C2, not {parameter.name} {len(texts)} times"
        remarks.append(Remark(message, parameter.name))
    parted = [item.strip() for one in texts for item in one.split(",")] if joined else list(texts)
    if len(set(parted)) < len(parted):
        remarks.append(Remark("an item stands there twice; once is enough", parameter.name))
    return list(dict.fromkeys(parted))


def _scalar(text: str, parameter: Parameter, kind: str, remarks: list[Remark]) -> Json:
    """Return one value in its type; letters in the wrong case are mended, since there case counts."""
    plain = text.strip()
    if plain != text:
        remarks.append(Remark("a space stands before or behind the value", parameter.name))
    if kind == "boolean":
        return _cased(plain, {"true": True, "false": False}, parameter, remarks)
    if kind == "integer":
        return int(plain) if _INTEGER.fullmatch(plain) else plain
    allowed = (*(parameter.allowed or ()), *parameter.tolerated)
    return _cased(plain, {str(one): str(one) for one in allowed}, parameter, remarks)


def _cased(text: str, allowed: Mapping[str, Json], parameter: Parameter, remarks: list[Remark]) -> Json:
    """Return the allowed value that a text means whatever its case; the text itself where there is none."""
    for name, meant in allowed.items():
        if name.casefold() == text.casefold():
            if name != text:
                remarks.append(Remark(f"case counts: write {name}, not {text}", parameter.name))
            return meant
    return text

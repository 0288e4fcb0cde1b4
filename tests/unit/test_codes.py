"""The registry of errors: every code that the program can say is in it, and nothing else is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.codes import BY_EXIT, CODES, advice, code_of
from runner.errors import GRAVITY, Exit, Refusal

ROOT = Path(__file__).parents[2]
CODE = re.compile(r"E(-[A-Z]+)+")


def trees() -> Iterator[tuple[str, ast.Module]]:
    """Yield every module of the program but the registry itself."""
    for path in sorted((ROOT / "runner").rglob("*.py")):
        if path.parent.name != "codes":
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def literals(tree: ast.AST) -> Iterator[str]:
    """Yield each code that is a text of its own in a tree, or stands in a message; no docstring."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "\n" not in node.value:
            found = re.search(r"(?:^|: )(E(?:-[A-Z]+)+)(?:$|: )", node.value)
            if found and not node.value.startswith("Codes"):
                yield found[1]


def test_each_code_of_the_program_is_in_the_registry_and_no_other() -> None:
    """Both ways: a code without a meaning helps nobody, a meaning without a code is never read."""
    said = {code for _, tree in trees() for code in literals(tree)} | set(BY_EXIT.values())
    assert said == set(CODES)


def test_a_code_that_is_said_with_an_exit_ends_with_it() -> None:
    """Where one call names a code and an exit code, the registry knows that the two go together."""
    wrong = []
    for name, tree in trees():
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            parts = [*call.args, *(one.value for one in call.keywords)]
            exits = [
                one.attr
                for one in parts
                if isinstance(one, ast.Attribute) and getattr(one.value, "id", "") == "Exit"
            ]
            codes = [
                one.value
                for one in parts
                if isinstance(one, ast.Constant) and isinstance(one.value, str) and CODE.fullmatch(one.value)
            ]
            if len(exits) == len(codes) == 1 and Exit[exits[0]] not in CODES[codes[0]].exits:
                wrong.append(f"{name}:{call.lineno}: {codes[0]} with {exits[0]}")
    assert wrong == []


def test_exit_codes_are_distinct_and_those_of_the_design() -> None:
    """Each class of end has a number of its own (IntEnum would take two names for one); 1 is never ours."""
    assert {one.name: one.value for one in Exit} == {
        name: one.value for name, one in Exit.__members__.items()
    }
    assert [int(one) for one in Exit] == [0, 2, 3, 65, 66, 69, 70, 73, 74, 75, 76, 77, 78, 130, 143]


def test_each_exit_code_has_its_errors() -> None:
    """Every exit code that is not success or a signal is explained by some code, and has one by default."""
    failures = set(Exit) - {Exit.DONE, Exit.INTERRUPTED, Exit.TERMINATED}
    assert {exit for one in CODES.values() for exit in one.exits} == failures == set(BY_EXIT)
    assert all(exit in CODES[code].exits for exit, code in BY_EXIT.items())
    assert failures >= set(GRAVITY)


@pytest.mark.parametrize("name", CODES)
def test_each_code_is_explained(name: str) -> None:
    """Well formed; what was seen and what to do are whole sentences."""
    code = CODES[name]
    assert CODE.fullmatch(name)
    assert code.exits
    for text in (code.means, code.advice):
        assert re.fullmatch(r"\S.*[.]", text), text
        assert "  " not in text


def test_what_is_not_finished_goes_on() -> None:
    """75 says to run again, so each error that ends with it goes on by itself.

    But for a job that nobody can tell of: it is not finished, and after one repeat a person has to decide.
    """
    reruns = {code: one.rerun for code, one in CODES.items() if Exit.UNFINISHED in one.exits}
    assert reruns.pop("E-UNKNOWN") == "goes on once that is done"
    assert set(reruns.values()) == {"goes on"}


def test_a_refusal_has_the_code_of_its_exit_or_its_own() -> None:
    """Most refusals need name none."""
    assert code_of(Refusal(Exit.DATA, "no")) == "E-MANIFEST"
    assert code_of(Refusal(Exit.UNFINISHED, "no", code="E-HELD")) == "E-HELD"


def test_advice_is_given_once_for_each_code() -> None:
    """In the order in which the codes came; what is no code has none."""
    lines = advice(["E-CUT", "", "E-JOB", "E-CUT"])
    assert [line.partition(":")[0] for line in lines] == [
        "What to do about E-CUT",
        "What to do about E-JOB",
    ]

"""The reader of YAML and JSON: what is data, what is refused, and where each thing stands."""

from __future__ import annotations

import json
import time

import pytest

from runner.document import Document, Json, read, written
from runner.errors import Exit, Refusal


def data(text: str | bytes, file: str = "m.yaml") -> Json:
    """Return the data of a file."""
    return read(text.encode() if isinstance(text, str) else text, file).data


def refused(text: str | bytes, file: str = "m.yaml") -> list[str]:
    """Return what is said about a file that cannot be read."""
    with pytest.raises(Refusal) as refusal:
        data(text, file)
    assert refusal.value.exit is Exit.DATA
    return [str(one) for one in refusal.value.problems]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1), ("-0", 0), ("+5", 5), ("0", 0), ("1.5", 1.5), (".5", 0.5), ("1.", 1.0), ("1e3", 1000.0),
        ("~", None), ("null", None), ("true", True), ("FALSE", False), ("no", "no"), ("NO", "NO"),
        ("on", "on"), ("12:30:45", "12:30:45"), ("2026-01-15", "2026-01-15"), ("1_000", "1_000"),
        ("'1'", "1"), ('"~"', "~"),
        ('""', ""), ("tRue", "tRue"), ("=", "="),
    ],
)  # fmt: skip
def test_scalars_are_those_of_yaml_1_2(text: str, value: Json) -> None:
    """An unquoted scalar means what the YAML 1.2 core schema says, a quoted one is text."""
    found = data(f"a: {text}")
    assert found == {"a": value}
    assert isinstance(found, dict)
    assert type(found["a"]) is type(value)


def test_block_text_is_text() -> None:
    """A block scalar is text, digits or not."""
    assert data("a: |\n  1\n") == {"a": "1\n"}


@pytest.mark.parametrize("value", [{"a": [1, None, True, "x😀\\ud83d"]}, [], "é\t\n", 5])
@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("indent", [None, 2, "\t"])
def test_json_is_read(value: Json, ascii_only: bool, indent: int | str | None) -> None:
    """A file named .json reads as json.loads reads it: with escapes of pairs, tabs and without spaces."""
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent, separators=(",", ":"))
    assert data(text, "M.JSON") == value


def test_mark_and_line_ends_do_not_matter() -> None:
    """A UTF-8 byte order mark and CRLF change nothing."""
    assert data(b"\xef\xbb\xbfa: 1\r\nb:\r\n  - x\r\n") == data("a: 1\nb:\n  - x\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "1:1: the file is empty"),
        ("# only a comment\n", "1:1: the file is empty"),
        ("---\n", "1:1: the file is empty"),
        ("--- a\n--- b", "2:1: a second document begins; a file holds one"),
        ("%YAML 1.1\n---\na: 1", "1:1: directives (lines that begin with %) are not allowed"),
        ("%TAG ! x:\n---\na: 1", "1:1: directives (lines that begin with %) are not allowed"),
        ("a:\n\tb: 1", "2:1: a tab cannot indent; use spaces"),
        ("a: 1\n\tb: 2", "2:1: a tab cannot indent; use spaces"),
        ("a: !!str x", "1:4: a: tags are not allowed: leave out '!!str'"),
        ("!vault x: 1", "1:1: x: tags are not allowed: leave out '!vault'"),
        ("a: .inf", "1:4: a: '.inf' is not a finite number; quote it if it is text"),
        ("a: -.INF", "1:4: a: '-.INF' is not a finite number; quote it if it is text"),
        ("a: .nan", "1:4: a: '.nan' is not a finite number; quote it if it is text"),
        ("a: 1e999", "1:4: a: '1e999' is not a finite number; quote it if it is text"),
        ("a: 0x1F", "1:4: a: '0x1F' is written in another base: "
                      "write decimal digits, or quotes if it is text"),
        ("a: -007", "1:4: a: -007 has a leading zero: write -7, or '-007' in quotes if it is text"),
        ("a: " + "9" * 31, "1:4: a: a number of 31 digits; at most 30"),
        ("? [a]\n: b", "1:3: a key must be text"),
        ("[a, b", "2:1: not YAML: did not find expected ',' or ']' "
                  "(while parsing a flow sequence, begun at line 1)"),
        ('a: "x', "1:6: not YAML: found unexpected end of stream"),
        ("a: b: c", "1:5: a ':' stands where no key can; "
                     "quote a value that holds ': ', or indent the line like its neighbours"),
        ('a: "\\ud800"', "1:7: an escape that is no character (half of a pair?)"),
        (b"a: \xe9", "1:4: the byte 0xe9 is not UTF-8; save the file as UTF-8"),
        (b"a: 1\nb: \x00", "2:4: the character U+0000 is not allowed in a file; "
                           "write it as an escape in double quotes"),
        (b"\xff\xfea\x00", "1:1: the file is in UTF-16; save it as UTF-8"),
        (b"PK\x03\x04\x14\x00", "1:1: it is a compressed file (a workbook?), not YAML"),
        (b"\x1f\x8b\x08" + b"x" * (1 << 20), "1:1: it is a compressed file, not YAML"),
        (b"%PDF-1.7\n", "1:1: it is a PDF, not YAML"),
        (b"SQLite format 3\x00", "1:1: it is a database, not YAML"),
        (b"#" * (1024 * 1024 + 1), "1:1: the file has over 1 MiB; make several files of it"),
    ],
)  # fmt: skip
def test_what_is_refused_says_where_and_why(text: str | bytes, said: str) -> None:
    """What readers of YAML disagree about, or what hides something, is refused with its place and the fix."""
    assert refused(text) == [f"m.yaml:{said}"]


@pytest.mark.parametrize("key", ["1", "~", "on", "Yes", "n", "true", ".inf", "0x1", "007", "1.5", "2e3"])
def test_keys_are_text_to_every_reader(key: str) -> None:
    """A key that some reader of YAML takes for a number or a truth value is refused; quoted it is fine."""
    assert refused(f"{key}: 1") == [
        f"m.yaml:1:1: {written((key,))}: a key must be text: quote it, as '{key}'"
    ]
    assert data(f"'{key}': 1") == {key: 1}


def test_equal_keys_are_refused_with_both_lines() -> None:
    """Of two equal keys both lines are named; keys below them are not compared."""
    said = refused("a:\n  b: 1\n  b: 2\na: {b: 3}\n")
    assert said == [
        "m.yaml:3:3: a.b: the key 'b' stands here twice (first at line 2); keep one",
        "m.yaml:4:1: a: the key 'a' stands here twice (first at line 1); keep one",
    ]


def test_every_problem_comes_out_at_once() -> None:
    """Anchors, aliases and merge keys are each told, and reading goes on to the next."""
    said = refused("a: &x {b: 1}\nc:\n  <<: *x\nd: [*x]\n")
    assert said == [
        "m.yaml:1:4: a: anchors are not allowed: leave out &x",
        "m.yaml:3:3: c['<<']: merge keys are not allowed: write the keys out",
        "m.yaml:3:7: c['<<']: aliases are not allowed: write out what *x means",
        "m.yaml:4:5: d[0]: aliases are not allowed: write out what *x means",
    ]


@pytest.mark.parametrize("text", ["[" * 3000, "[" * 1_000_000, "- " * 3000 + "a", "{a: " * 3000])
def test_depth_is_bounded(text: str) -> None:
    """Forty levels are enough; deeper nesting is refused at once, whatever its size."""
    started = time.perf_counter()
    said = refused(text)
    assert len(said) == 1
    assert "more than 40 levels deep" in said[0]
    assert time.perf_counter() - started < 2
    assert data("[" * 40 + "]" * 40) is not None


def test_a_bomb_of_aliases_is_never_expanded() -> None:
    """Aliases are refused where they stand, so nothing grows."""
    lines = ["a0: &a0 [x, x]", *(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 9))]
    assert any("aliases are not allowed" in one for one in refused("\n".join(lines)))


def test_halves_of_pairs_are_no_text() -> None:
    """A parser that lets half of a surrogate pair through is caught by a check of ours."""
    from runner.scalars import quoted_problem

    assert quoted_problem("a\ud800") == "half of a surrogate pair is no character"


def test_values_and_keys_have_places() -> None:
    """Every value and key has its line and column; what has none has those of what holds it."""
    found = read(b"a: 1\nb:\n  - x\n  - {c: y}\n", "m.yaml")
    assert found.place(("b", 1, "c")) == (4, 9)
    assert found.place(("b", 1, "c"), key=True) == (4, 6)
    assert found.place(("b", 1), key=True) == (4, 5)
    assert found.place(("b", 7, "d"), key=True) == (3, 3)
    assert found.place(("z",)) == (1, 1)


def test_a_problem_is_written_with_its_place() -> None:
    """A problem carries file, place, path and message; a warning says so."""
    found: Document = read(b"a:\n  - x\n", "m.yaml")
    assert str(found.problem(("a", 0), "why")) == "m.yaml:2:5: a[0]: why"
    assert str(found.problem(("a",), "why", warning=True, key=True)) == "m.yaml:1:1: a: warning: why"


def test_paths_are_written_as_people_write_them() -> None:
    """Indexes stand in brackets, plain keys after dots, other keys in quotes, long ones cut."""
    assert written(("exports", 0, "metrics", 1)) == "exports[0].metrics[1]"
    assert written(("a b", "c-d", 2)) == "['a b'].c-d[2]"
    assert written(("." * 70,)) == f"['{'.' * 60}…']"


def test_the_exit_code_is_the_callers() -> None:
    """profiles.yaml is read by the same rules, and refused with its own exit code."""
    with pytest.raises(Refusal) as refusal:
        read(b"", "profiles.yaml", Exit.PROFILES)
    assert refusal.value.exit is Exit.PROFILES

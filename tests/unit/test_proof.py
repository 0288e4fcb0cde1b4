"""Proving a file by its content."""

from __future__ import annotations

import hashlib
import io

import pytest

from runner.proof import Format, Proven, Unproven, prove


def proven(content: bytes, format: Format = "csv", metrics: tuple[str, ...] = ()) -> Proven:
    """Prove content as a file."""
    return prove(io.BytesIO(content), format, metrics)


def test_a_whole_csv_is_counted() -> None:
    """Rows, columns and a digest of 64 hex digits; nothing to warn of."""
    found = proven(b'A,B\n1,2\n"3\n",4\n')
    assert (found.rows, found.columns, found.warnings) == (2, ("A", "B"), ())
    assert len(found.rows_digest) == 64
    assert int(found.rows_digest, 16)


def test_a_whole_json_is_counted() -> None:
    """Columns are all the keys that any row has, in the order they came."""
    found = proven(b'[{"A":"1"},{"B":"2","A":"3"}]', "json")
    assert (found.rows, found.columns, found.warnings) == (2, ("A", "B"), ())


def test_the_file_stays_open_and_unchanged() -> None:
    """Proving only reads; the caller goes on with the same file."""
    file = io.BytesIO(b"A\n1\n")
    prove(file, "csv", ())
    assert file.getvalue() == b"A\n1\n"


@pytest.mark.parametrize(
    ("content", "format", "warning"),
    [
        (b"A,B\n", "csv", "it has no rows"),
        (b"[]", "json", "it has no rows"),
        (b"A,B\n1,2", "csv", "its last line has no line end"),
        (b"A,B\n1,2\n\n\n", "csv", "there are empty lines at its end"),
        (b"A,B\n1,\xff\n", "csv", "it holds bytes that are not UTF-8; they were kept"),
        (b'[{"A":"\xff"}]', "json", "it holds bytes that are not UTF-8; they were kept"),
    ],
)
def test_what_is_odd_but_whole_gets_a_warning(content: bytes, format: Format, warning: str) -> None:
    """An empty export, a missing last line end and broken text are whole files, and are said."""
    assert proven(content, format).warnings == (warning,)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "it is empty"),
        (b"\xef\xbb\xbf \r\n", "it is empty"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"\n<Error><Code>AccessDenied</Code></Error>", "web page or an error in XML"),
        (b'{"status":"FAIL"}', "one JSON object"),
        (b'[{"A":1}]', "CSV was asked for"),
        (b"\x1f\x8b\x08\x00", "a compressed file"),
        (b"PK\x03\x04....", "a compressed file"),
        ("A,B\n".encode("utf-16"), "NUL bytes"),
        (b",\n1,2\n", "no header"),
        (b'""\n', "no header"),
        (b"A,A\n1,2\n", "names a column twice"),
        (b"A,B\n1,2\n3\n", "row 2 has 1 cells, and the header has 2"),
        (b"A,B\n1,2,3\n", "row 1 has 3 cells"),
        (b'A,B\n1,"2\n', "not CSV"),
        (b"A,B\n1,2\n\n3,4\n", "after row 1 there is an empty line"),
    ],
)
def test_what_is_no_whole_csv_is_refused(content: bytes, why: str) -> None:
    """Pages, errors, cut files and ragged rows never pass for an export."""
    with pytest.raises(Unproven, match=why):
        proven(content)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"<html>", "web page"),
        (b'{"status":"FAIL","message":"x"}', "one JSON object"),
        (b'[{"A":"1"},{"A"', "row 2 is cut"),
        (b"A,B\n1,2\n", "not a list of rows"),
    ],
)
def test_what_is_no_whole_json_is_refused(content: bytes, why: str) -> None:
    """A JSON export is a whole list of rows, and nothing else."""
    with pytest.raises(Unproven, match=why):
        proven(content, "json")


def test_rows_with_ever_new_keys_are_refused() -> None:
    """Memory is bounded also where each row brings other keys."""
    content = "[" + ",".join(f'{{"K{number}":1}}' for number in range(10_001)) + "]"
    with pytest.raises(Unproven, match="more than 10000 different keys"):
        proven(content.encode(), "json")


def test_one_column_may_have_empty_cells() -> None:
    """With a single column an empty line is a row with an empty cell."""
    found = proven(b"A\n1\n\n2\n")
    assert (found.rows, found.warnings) == (3, ())


@pytest.mark.parametrize(
    ("content", "format"),
    [
        (b"Conversation ID,status,Assignee-ID\n1,2,3\n", "csv"),
        (b"STATUS,ASSIGNEE_ID,CONVERSATION_ID\n", "csv"),
        (b'[{"status":1,"assignee_id":2,"Conversation  ID":3}]', "json"),
        (b"[]", "json"),
    ],
)
def test_columns_are_the_metrics_that_were_asked_for(content: bytes, format: Format) -> None:
    """Names are compared by the vendor's convention, order is not; an empty JSON list names no column."""
    proven(content, format, ("CONVERSATION_ID", "STATUS", "ASSIGNEE_ID"))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"A\n1\n", "missing B$"),
        (b"A,B,C\n1,2,3\n", "extra C$"),
        (b"A,C\n1,2\n", "missing B; extra C$"),
        (b"A,B,b\n1,2,3\n", "one is there twice$"),
    ],
)
def test_other_columns_are_refused(content: bytes, why: str) -> None:
    """A file with other columns is not the one that was asked for; which ones differ is said."""
    with pytest.raises(Unproven, match=why):
        proven(content, "csv", ("A", "B"))


def test_the_digest_covers_the_header_too() -> None:
    """The same cells under another header are other rows."""
    assert proven(b"A,B\n1,2\n").rows_digest != proven(b"A,C\n1,2\n").rows_digest


def test_the_digest_is_the_documented_one() -> None:
    """The digest is stable over versions of this program: locks hold it."""
    seeded = hashlib.sha256(b'["A", "B"]["1","2"]').hexdigest()
    assert proven(b"A,B\n1,2\n").rows_digest == seeded
    assert seeded == "215f05cdb9bb4fe9079932ea4365698e7f83f6e2d1712d4a940f1447f003527f"

"""docs/commands.md, docs/manifest.md and docs/profiles.md say what the command and the schemas say."""

from __future__ import annotations

import re

import click
import pytest

from docs import commands, formats
from runner import catalog
from runner.cli.command import command
from runner.cli.verbs import VERBS
from runner.errors import Exit

CONTEXT = click.Context(command, info_name="care-export")


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_has_its_section_with_each_option(verb: str) -> None:
    """The overview links to it, and every option that its help shows has a row."""
    page = commands.page()
    assert f"| [`{verb}`](#{verb}) |" in page
    section = page.split(f"\n## {verb}\n")[1].split("\n## ")[0]
    found = command.get_command(CONTEXT, verb)
    assert found is not None
    for option in found.params:
        if isinstance(option, click.Option) and option.name != "help":
            assert re.search(
                rf"^\| (?:`|<code>)[^`|]*{re.escape(option.opts[0])}\b", section, re.MULTILINE
            ), option.name


def test_each_exit_code_is_explained() -> None:
    """The table of exit codes misses none."""
    rows = re.findall(r"^\| (\d+) \| \w.* \|$", commands.page(), re.MULTILINE)
    assert [int(code) for code in rows] == [int(code) for code in Exit]


def test_no_word_of_the_help_is_taken_for_markup() -> None:
    """What a help text says stays what it says: no HTML, no emphasis, no column that ends too early."""
    assert commands._cell("a | b <c> `x_y` *d* e_f") == "a \\| b &lt;c> `x_y` \\*d\\* e\\_f"
    assert commands._cell("`x|<y>`") == "<code>x&#124;&lt;y></code>"


@pytest.mark.parametrize(
    ("page", "schema", "of"),
    [
        (formats.manifest, "manifest.v1", ("", "output", "defaults", "export")),
        (formats.profiles, "profiles.v1", ("profile", "limits")),
    ],
    ids=["manifest", "profiles"],
)
def test_each_key_has_its_row(page: object, schema: str, of: tuple[str, ...]) -> None:
    """Every key of the schema that the program judges with is there, with a description."""
    assert callable(page)
    rows = re.findall(r"^\| `(\w+)` \| (.+) \|$", page(), re.MULTILINE)
    judged = catalog.schema(schema)
    places = {
        "": judged,
        **judged["$defs"],
        "output": judged["properties"].get("output"),
        "defaults": judged["properties"].get("defaults"),
        "limits": judged["$defs"].get("profile", {}).get("properties", {}).get("limits"),
    }
    keys = [key for name in of for key in places[name]["properties"]]
    assert sorted(key for key, _ in rows) == sorted(keys)
    assert all(len(words) > 10 for _, words in rows)

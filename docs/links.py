"""Look at the built pages: list the links that lead outside, and find whatever a page would load from there.

`python docs/links.py site` ends with 65 where a page has a script, or loads what does not lie in the folder.
Links to the outside are listed, not fetched.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

_LOADED = {"img": "src", "link": "href", "iframe": "src", "source": "src", "video": "src", "object": "data"}
"""Elements that load what one of their attributes names."""
_CSS = re.compile(r"@import|@font-face|url\((?!#)")


class Page(HTMLParser):
    """What one page links to, what it loads, and whether it holds a script."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what an element asks for."""
        given = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.links.append(given.get("href", ""))
        elif tag == "script" or any(name.startswith("on") for name in given):
            self.loads.append(f"script in <{tag}>")
        elif tag in _LOADED and _outside(given.get(_LOADED[tag], "")):
            self.loads.append(given[_LOADED[tag]])


def _outside(address: str) -> bool:
    return address.startswith("//") or re.match(r"[a-z][a-z0-9+.-]*:", address, re.IGNORECASE) is not None


def problems(site: Path, links: dict[str, list[str]]) -> Iterator[str]:
    """Return what pages load that they must not; add their links to the outside to `links`."""
    for path in sorted(site.rglob("*.html")):
        page, name = Page(path.read_text("utf-8")), path.relative_to(site).as_posix()
        for link in filter(_outside, page.links):
            links[link].append(name)
        yield from (f"{name}: {load}" for load in page.loads)
    for path in sorted(site.rglob("*.css")):
        if found := _CSS.search(path.read_text("utf-8")):
            yield f"{path.relative_to(site)}: {found[0]}"


def main(site: Path) -> int:
    """Say what is found; return the exit code."""
    links: dict[str, list[str]] = defaultdict(list)
    wrong = list(problems(site, links))
    for link, pages in sorted(links.items()):
        sys.stdout.write(f"leads outside, not fetched: {link} ({', '.join(pages)})\n")
    for one in wrong:
        sys.stderr.write(f"a built page must load nothing from outside: {one}\n")
    return 65 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

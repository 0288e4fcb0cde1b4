"""A headless Chromium, driven over a pipe by its own debugging protocol: no driver and no port is needed."""

from __future__ import annotations

import base64
import fcntl
import itertools
import json
import os
import select
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-extensions",
    "--remote-debugging-pipe",
)
PATIENCE_S = 30.0
Kind = TypeVar("Kind", bound="Page")


def program() -> str:
    """Return Chromium's path; FileNotFoundError where there is none."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    raise FileNotFoundError("there is no Chromium here; on Debian and Ubuntu: apt-get install chromium")


def _spawned(name: str, arguments: Sequence[str]) -> tuple[int, int, int]:
    """Start a browser that speaks on its descriptors 3 (to it) and 4 (from it); return it, and our ends."""
    to_it, out = os.pipe()
    into, from_it = os.pipe()
    # Out of the way of 3 and 4 first: one must not be put upon the other.
    high = [fcntl.fcntl(one, fcntl.F_DUPFD_CLOEXEC, 10) for one in (to_it, from_it)]
    null = os.open(os.devnull, os.O_RDWR)
    actions = [(os.POSIX_SPAWN_DUP2, null, number) for number in (0, 1, 2)]
    actions += [(os.POSIX_SPAWN_DUP2, one, number) for one, number in zip(high, (3, 4), strict=True)]
    environ = dict(os.environ)  # noqa: TID251 - the browser needs HOME and PATH
    process = os.posix_spawn(name, [name, *arguments], environ, file_actions=actions)
    for one in (to_it, from_it, *high, null):
        os.close(one)
    return process, out, into


class Chromium:
    """One running browser; use it as a context manager."""

    def __init__(self, *more: str) -> None:
        self._profile = tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True)
        self._process, self._out, self._in = _spawned(
            program(), [*ARGUMENTS, *more, f"--user-data-dir={self._profile.name}", "about:blank"]
        )
        self._numbers = itertools.count(1)
        self._rest = b""
        self.pages: dict[str, Page] = {}

    def __enter__(self) -> Chromium:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._out)
        os.kill(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)
        os.close(self._in)
        self._profile.cleanup()

    def ask(self, method: str, session: str = "", **params: Any) -> dict[str, Any]:
        """Carry out one command and return its result; AssertionError where it fails."""
        number = self.tell(method, session, **params)
        while True:
            answer = self.hear()
            if answer.get("id") == number:
                assert "error" not in answer, answer["error"]
                result: dict[str, Any] = answer["result"]
                return result

    def tell(self, method: str, session: str = "", **params: Any) -> int:
        """Send one command and wait for nothing; return its number."""
        number = next(self._numbers)
        message: dict[str, Any] = {"id": number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        return number

    def hear(self) -> dict[str, Any]:
        """Return the next message of the browser."""
        until = time.monotonic() + PATIENCE_S
        while b"\0" not in self._rest:
            readable, _, _ = select.select([self._in], [], [], max(until - time.monotonic(), 0))
            assert readable, "Chromium says nothing"
            piece = os.read(self._in, 1 << 20)
            assert piece, "Chromium has ended"
            self._rest += piece
        message, _, self._rest = self._rest.partition(b"\0")
        heard: dict[str, Any] = json.loads(message)
        if page := self.pages.get(heard.get("sessionId", "")):
            page.note(heard)
        return heard

    def attached(self, target: str, kind: type[Kind]) -> Kind:
        """Return the page that a target is; it takes note of what the browser tells about it."""
        session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = self.pages[session] = kind(self, session)
        return page

    @contextmanager
    def page(
        self,
        file: Path,
        *,
        width: int,
        height: int = 900,
        dark: bool = False,
        media: str = "screen",
        script: bool = True,
        features: Mapping[str, str] | None = None,
    ) -> Iterator[Page]:
        """Open a file as a page of that width; `script` False means that no script of the page may run."""
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        page = self.attached(target, Page)
        wanted = {"prefers-color-scheme": "dark" if dark else "light", **(features or {})}
        page.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=width < 500,
        )  # fmt: skip
        page.ask(
            "Emulation.setEmulatedMedia",
            media=media, features=[{"name": name, "value": value} for name, value in wanted.items()],
        )  # fmt: skip
        page.ask("Emulation.setScriptExecutionDisabled", value=not script)
        page.ask("Page.enable")
        page.ask("Network.enable")
        page.ask("Log.enable")
        page.open(file.resolve().as_uri())
        try:
            yield page
        finally:
            self.ask("Target.closeTarget", targetId=target)


class Page:
    """One page: what it asked of the network, and what the browser noted about it."""

    def __init__(self, browser: Chromium, session: str) -> None:
        self._browser = browser
        self._session = session
        self.requests: list[str] = []
        self.notes: list[str] = []
        self.loaded = False

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """Carry out one command of the protocol in this page."""
        return self._browser.ask(method, self._session, **params)

    def tell(self, method: str, **params: Any) -> None:
        """Send one command of the protocol in this page and wait for nothing."""
        self._browser.tell(method, self._session, **params)

    def open(self, address: str) -> None:
        """Load an address and wait until that is done."""
        self.loaded = False
        self.ask("Page.navigate", url=address)
        self.wait()

    def wait(self) -> None:
        """Wait until what is being loaded has been loaded."""
        while not self.loaded:
            self._browser.hear()

    def note(self, heard: Mapping[str, Any]) -> None:
        """Take in what the browser tells about this page."""
        match heard.get("method"):
            case "Page.loadEventFired":
                self.loaded = True
            case "Network.requestWillBeSent":
                self.requests.append(heard["params"]["request"]["url"])
            case "Log.entryAdded":
                self.notes.append(heard["params"]["entry"]["text"])
            case _:
                pass

    def evaluate(self, expression: str) -> Any:
        """Return the value of an expression, awaited where it is a promise."""
        answer = self.ask("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def press(self, key: str) -> None:
        """Press one key."""
        codes = {"Tab": 9, "Enter": 13}
        for kind in ("keyDown", "keyUp"):
            self.ask(
                "Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=codes[key],
                **({"text": "\r"} if key == "Enter" and kind == "keyDown" else {}),
            )  # fmt: skip

    def shot(self, *, top: int = 0, height: int = 0) -> bytes:
        """Return a picture of the page as PNG: all of it, or so many rows of pixels from `top` on."""
        width, whole = self.evaluate("[document.documentElement.clientWidth, document.body.scrollHeight]")
        clip = {"x": 0, "y": top, "width": width, "height": height or whole - top, "scale": 1}
        answer = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
        return base64.b64decode(answer["data"])

    def tree(self) -> Sequence[Mapping[str, Any]]:
        """Return what a screen reader is given: the nodes of the accessibility tree."""
        nodes: Sequence[Mapping[str, Any]] = self.ask("Accessibility.getFullAXTree")["nodes"]
        return [one for one in nodes if not one.get("ignored")]

"""Records a session with the sandbox as a person has it: in Chromium, whose own DevTools write the HAR.

`python -m tests.browser.recording` records one anew and writes the files of `tests/contract/foreign/`. What
is left out of them stands there in README.md.
"""

from __future__ import annotations

import json
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from runner.request import Pairs
from runner.sandbox.accounts import Account
from runner.sandbox.clock import START_MS, ScaledClock
from runner.sandbox.server import Served, serve
from tests import canary
from tests.browser.chromium import PATIENCE_S, Chromium, Page
from tests.foreign import FOLDER
from tests.sandbox_calls import basic

ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
"""DevTools look for more of themselves at their maker's; nothing but this machine is there."""
PORT, STORAGE_PORT, SPEED = 8080, 8081, 600
"""Where the sandbox of the files answers, and how fast its time goes: few looks at a job are enough."""
DAY = (("startTime", "1777867200000"), ("endTime", "1777953599999"))
"""4 May 2026 in Etc/GMT+4."""


@dataclass(frozen=True)
class Create:
    """One create as the browser is told to send it: by a script, or by a form of a page."""

    report: str
    query: Pairs = ()
    form: Pairs = ()
    of_page: bool = False


CREATES = (
    Create(
        "conversation",
        (
            *DAY,
            ("timezone", "Etc/GMT+4"),
            ("reportFormat", "csv"),
            ("reportMetrics", "CONVERSATION_ID"),
            ("reportMetrics", "STATUS"),
            ("conversationReportType", "CREATED"),
        ),
    ),
    Create("conversation_actions", form=(*DAY, ("timezone", "Etc/GMT+4"), ("reportFormat", "csv"))),
    Create("user", form=(*DAY, ("teamId", "6222"), ("teamId", "7031")), of_page=True),
)

_READY = """
import("./core/sdk/sdk.js").then(async ({TargetManager}) => {
  const target = TargetManager.TargetManager.instance().primaryPageTarget();
  // It answers in order: once this is answered, it has begun to tell of requests.
  return Boolean(target && (await target.runtimeAgent().invoke_evaluate({expression: "1"})));
})
"""
_PRESERVE = """
import("./core/common/common.js").then(({Settings}) => {
  Settings.Settings.instance().moduleSetting("network-log.preserve-log").set(true);
})
"""
# What "Export HAR" does, with a stream of ours where it would ask a person for the name of a file.
_EXPORT = """
(async (options) => {
  const [{Writer}, {NetworkPanel}, {Progress}] = await Promise.all([
    import("./models/har/har.js"), import("./panels/network/network.js"), import("./core/common/common.js"),
  ]);
  const requests = NetworkPanel.NetworkPanel.instance().networkLogView.harRequests();
  const pieces = [];
  const stream = {write: async (piece) => { pieces.push(piece); }};
  await Writer.Writer.write(stream, requests, options, new Progress.Progress());
  return pieces.join("");
})
"""
_SETTLED = """
import("./models/logs/logs.js").then(({NetworkLog}) =>
  NetworkLog.NetworkLog.instance().requests().every((one) => one.finished))
"""
_ADDRESS = "((address, pairs) => `${address}?${new URLSearchParams(pairs)}`)"
_TRY = """
((address, authorization) =>
  fetch(address, {method: "POST", headers: {authorization}}).then(() => "allowed", () => "refused"))
"""
_FETCH = """
((address, form) => {
  const body = form.length ? new URLSearchParams(form) : undefined;
  return fetch(address, {method: "POST", body}).then((answer) => answer.json());
})
"""
_SUBMIT = """
((address, pairs) => {
  const form = Object.assign(document.createElement("form"), {method: "post", action: address});
  const input = (name, value) => Object.assign(document.createElement("input"), {name, value});
  form.append(...pairs.map(([name, value]) => input(name, value)));
  document.body.append(form);
  form.submit();
})
"""
_FINISHED = """
(async (address) => {
  for (;;) {
    const [{jobInfo, result}] = [(await (await fetch(address)).json()).result].flat();
    if (result.detail === "COMPLETED") return jobInfo.downloadUrl;
    await new Promise((go) => setTimeout(go, 300));
  }
})
"""

_RUN = re.compile(r"(?:[A-Za-z0-9]|%2[BbFf]|%3[Dd]){160,}")
_TOKEN = re.compile(r"analyticsAccessToken=([^&\"]+)")
_SIGNATURE = re.compile(r"X-Sandbox-Signature=([^&\"]+)")


class Other(Exception):
    """The DevTools of this Chromium are others than those that were met: nobody promised their insides."""


class Tab(Page):
    """The tab of a person who has an account, and types it in where the browser asks for it."""

    account: Account

    def note(self, heard: Mapping[str, Any]) -> None:
        """Take in what the browser tells, and answer where it asks for a user and a password."""
        super().note(heard)
        about = heard.get("params", {})
        match heard.get("method"):
            case "Fetch.requestPaused":
                self.tell("Fetch.continueRequest", requestId=about["requestId"])
            case "Fetch.authRequired":
                typed = {"username": self.account.username, "password": self.account.password}
                answer = {"response": "ProvideCredentials", **typed}
                self.tell(
                    "Fetch.continueWithAuth", requestId=about["requestId"], authChallengeResponse=answer
                )
            case _:
                pass

    def sign_in(self, address: str) -> None:
        """Open an address that wants a user and a password; from then on the browser sends them by itself."""
        self.ask("Fetch.enable", handleAuthRequests=True)
        self.open(address)
        self.ask("Fetch.disable")

    def call(self, function: str, *arguments: object) -> Any:
        """Return what a function of the page's script gives back."""
        return self.evaluate(f"{function}(...{json.dumps(arguments)})")


@dataclass(frozen=True)
class Recording:
    """What DevTools wrote, without and with sensitive data, and each report's file as the browser got it."""

    sanitized: str = field(repr=False)
    sensitive: str = field(repr=False)
    files: Mapping[str, bytes] = field(repr=False)


def recorded(served: Served, account: Account) -> Recording:
    """Go the whole way of each create in Chromium, and have its DevTools write down what it saw.

    Raises Other where they cannot be asked to.
    """
    with tempfile.TemporaryDirectory() as folder, Chromium(ALONE) as browser:
        browser.ask("Browser.setDownloadBehavior", behavior="allow", downloadPath=folder)
        target = browser.ask("Target.createTarget", url="about:blank")["targetId"]
        tools = _tools(browser, target)
        tab = browser.attached(target, Tab)
        tab.account = account
        tab.ask("Page.enable")
        files = dict(_session(tab, served.api_origin, Path(folder)))
        # Only what has ended is exported, and DevTools hear of a file's end after the file is there.
        _until(lambda: _inside(tools, _SETTLED))
        sanitized, sensitive = (
            _inside(tools, f"{_EXPORT}({json.dumps({'sanitize': one})})") for one in (True, False)
        )
        return Recording(sanitized, sensitive, files)


def _tools(browser: Chromium, target: str) -> Page:
    """Open the DevTools of a tab at their panel of the network, and let them keep what they see."""
    try:
        opened = browser.ask("Target.openDevTools", targetId=target, panelId="network")["targetId"]
        tools = browser.attached(opened, Page)
        _until(lambda: _ready(tools))
    except AssertionError as error:
        raise Other(f"DevTools do not open: {error}") from error
    _inside(tools, _PRESERVE)
    return tools


def _inside(tools: Page, expression: str) -> Any:
    """Return the value of an expression that reaches into DevTools."""
    try:
        return tools.evaluate(expression)
    except AssertionError as error:
        raise Other(f"DevTools have no such inside: {error}") from error


def _ready(tools: Page) -> bool:
    """Say whether DevTools see their tab; while they are being loaded they know nothing of what is asked."""
    try:
        return bool(tools.evaluate(_READY))
    except AssertionError:
        return False


def _session(tab: Tab, origin: str, folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield each report's file: made, asked for until it is done, and fetched."""
    key = ("companyKey", tab.account.company_key)
    token = basic(tab.account.username, tab.account.password)["authorization"]
    addresses = [_address(tab, origin, one, key) for one in CREATES]
    # From a page of somewhere else the browser asks first, by OPTIONS, and then may not.
    assert tab.call(_TRY, addresses[0], token) == "refused"
    tab.sign_in(tab.call(_ADDRESS, f"{origin}/api/public/teams", [key]))
    for one, address in zip(CREATES, addresses, strict=True):
        job = _submitted(tab, address, one.form) if one.of_page else tab.call(_FETCH, address, one.form)
        link = tab.call(_FINISHED, job["result"]["statusUrl"])
        yield one.report, _fetched(tab, link, folder)


def _address(tab: Tab, origin: str, create: Create, key: tuple[str, str]) -> str:
    """Return the address of a create, as the browser writes it."""
    path = f"{origin}/api/public/reports/report/{create.report}"
    return str(tab.call(_ADDRESS, path, [key, *create.query]))


def _submitted(tab: Tab, address: str, form: Pairs) -> Any:
    """Return the answer to a form of the page, which takes the page's place."""
    tab.loaded = False
    tab.call(_SUBMIT, address, form)
    tab.wait()
    return json.loads(tab.evaluate("document.querySelector('pre').textContent"))


def _fetched(tab: Tab, link: str, folder: Path) -> bytes:
    """Return the file that an address leads to, which the browser saves."""
    before = set(folder.iterdir())
    tab.ask("Page.navigate", url=link)
    _until(lambda: _whole(set(folder.iterdir()) - before))
    (file,) = set(folder.iterdir()) - before
    return file.read_bytes()


def _whole(files: set[Path]) -> bool:
    """Say whether a download has ended: until then its name is another, and may stand beside the last one."""
    return len(files) == 1 and not any(one.suffix == ".crdownload" for one in files)


def _until(holds: Callable[[], Any]) -> None:
    """Wait until something holds."""
    until = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < until, "it does not come"
        time.sleep(0.1)


def kept(har: str) -> str:
    """Return a HAR as it is kept: an entry a line, without what is long and without tokens of jobs."""
    log = json.loads(har)["log"]
    for entry in log["entries"]:
        del entry["timings"]
        entry["_initiator"].pop("stack", None)
        entry["response"]["content"].pop("text", None)
    entries = ",\n".join(map(json.dumps, log.pop("entries")))
    return f'{{"log": {{{json.dumps(log)[1:-1]}, "entries": [\n{_nameless(entries)}\n]}}}}\n'


def _nameless(text: str) -> str:
    """Return a text with a word for each id and token of a job, wherever it stands."""
    runs = dict.fromkeys(_RUN.findall(text))
    words = {run: f"RUN-{number}" for number, run in enumerate(runs, 1)}
    words |= dict.fromkeys(_TOKEN.findall(text), "TOKEN") | dict.fromkeys(_SIGNATURE.findall(text), "SIGN")
    return re.sub("|".join(map(re.escape, words)), lambda found: words[found[0]], text)


def main() -> None:
    """Record a session, and write what DevTools wrote, in both their ways."""
    clock = ScaledClock(SPEED, START_MS, time.monotonic)
    accounts = (canary.ACCOUNT,)
    with serve(port=PORT, storage_port=STORAGE_PORT, accounts=accounts, clock=clock) as served:
        made = recorded(served, canary.ACCOUNT)
    (FOLDER / "chromium.har").write_text(kept(made.sanitized))
    (FOLDER / "chromium-sensitive.har").write_text(kept(made.sensitive))


if __name__ == "__main__":
    main()

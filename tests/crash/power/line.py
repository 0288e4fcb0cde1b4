"""The real line on a disk that loses power: a run under trace, recovery from each state, the verdict."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from runner.cli.command import outcome
from tests.crash.power.disk import Cut, Effect, Resize, Said, State, Sync, Write, cuts, digest, passing
from tests.crash.power.strace import traced
from tests.crash.power.trace import Reader, loaded, there, unlinked
from tests.e2e.launch import environment

MANIFEST = """\
version: 1
timezone: UTC
period: 2026-05-04
defaults: {format: csv}
output: {directory: exports, filename: "{{ export }}.{{ format }}"}
exports:
  - {id: created, report: conversation, parameters: {conversationReportType: CREATED}}
  - {id: agents, report: raw_agent_states, format: json}
  - id: closed
    report: conversation
    metrics: [CONVERSATION_ID]
    parameters: {conversationReportType: CLOSED}
"""
STATE = "state"
"""The folder of the journal, which no two runs leave alike."""
ENDED = "the program ended with 0"
DOUBLE = "the vendor may hold a second job"
"""What a run says of each partition whose record has the flag `possible_duplicate`."""
_ROOM = Path("/dev/shm")
"""Where folders cost no disk; the model does the syncing."""


@dataclass(frozen=True)
class Trace:
    """One run: the tree `before` and `after` it, its effects, and all states that a cut may leave."""

    before: State
    after: State
    effects: Sequence[Effect]
    cuts: Sequence[Cut]

    def whole(self, path: str) -> tuple[bytes | None, ...]:
        """Return the contents that a final name may have."""
        return self.before.get(path), self.after.get(path)

    def finals(self) -> set[str]:
        """Return the final names that the run wrote: outputs and lock."""
        return {path for path, content in self.after.items() if content is not None and _kept(path)}


@dataclass(frozen=True)
class Promises:
    """What the world has seen of a run by the time of a cut; partitions by their ids.

    `asked`: the create has left. `known`: its answer is durable. `placed`: paths that are said to be done.
    """

    asked: frozenset[str]
    known: frozenset[str]
    placed: frozenset[str]
    ended: bool


def arguments(root: Path) -> list[str]:
    """Return what the command is called with."""
    place = [f"--out={root / 'out'}", f"--state={root / STATE}"]
    return ["run", "--progress=json", *place, "--", str(root / "line.yaml")]


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """Make a folder, and remove it with all that is in it."""
    with tempfile.TemporaryDirectory(prefix="power-", dir=_ROOM if _ROOM.is_dir() else None) as made:
        yield Path(made).resolve()


def trace(
    program: Sequence[str], first: str = "", *, singly: bool = True, begun: Sequence[str] = ()
) -> Trace:
    """Trace a run of `program` (python's arguments), after an undisturbed one of the manifest `first`.

    `begun` are folders that an earlier run has made which was killed before it synced their names.
    """
    with folder() as place:
        root = place / "line"
        root.mkdir()
        if first:
            (root / "line.yaml").write_text(first)
            assert carried_out(root)[0] == 0
        (root / "line.yaml").write_text(MANIFEST)
        for name in begun:
            (root / name).mkdir()
        before = loaded(root)
        reader, start = Reader(root, before), before.state()
        command = [sys.executable, *program, *arguments(root)]
        effects = reader.read(traced(command, root, environment(), place / "trace"))
        after = there(root)
        # Whatever the reader would have missed shows here.
        assert reader.disk.state() == after
        unsynced, before = unlinked(before, begun)
        effects = [*unsynced, *_relevant(effects)]
        found = _distinct(cuts(before, effects, singly=singly), effects)
        return Trace(start, after, effects, list(found))


def _relevant(effects: Sequence[Effect]) -> list[Effect]:
    """Return the effects with the end, and without lines that are no events and bytes that mean nothing."""
    return [*(one for one in effects if _matters(one)), Said(ENDED)]


def _matters(effect: Effect) -> bool:
    match effect:
        case Said(line):
            return line.startswith("{")
        case Write() | Resize():
            return not passing(effect)
        case _:
            return True


def _distinct(found: Iterator[Cut], effects: Sequence[Effect]) -> Iterator[Cut]:
    """Yield the states that differ: in what lies there, or in what the world has seen."""
    seen = set()
    for cut in found:
        mark = (digest(cut.state), promises(effects, cut.done))
        if mark not in seen:
            seen.add(mark)
            yield cut


def promises(effects: Sequence[Effect], done: int) -> Promises:
    """Return what the world has seen when so many effects had been made."""
    asked, known, placed, ended = set(), set(), set(), False
    synced = 0
    for at, effect in enumerate(effects):
        if isinstance(effect, Sync):
            synced = at + 1
        if not isinstance(effect, Said):
            continue
        # An event is durable by the sync before its line; where there was none, the line alone binds.
        durable, synced = synced or at + 1, 0
        event = {} if effect.line == ENDED else json.loads(effect.line)
        if event.get("event") == "created" and durable <= done:
            known.add(event["partition"])
        if at >= done:
            continue
        if event.get("event") == "intent":
            asked.add(event["partition"])
        elif event.get("event") == "done":
            placed.add(f"out/{event['output']}")
        ended = effect.line == ENDED
    return Promises(frozenset(asked), frozenset(known), frozenset(placed), ended)


def carried_out(root: Path) -> tuple[int, Counter[str], str]:
    """Run the command here and now; return its exit code, the creates by partition, and its messages."""
    said, told = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(told):
        code = outcome(arguments(root))
    events = [json.loads(line) for line in said.getvalue().splitlines() if line.startswith("{")]
    creates = Counter(one["partition"] for one in events if one["event"] == "intent")
    return code, creates, told.getvalue()


def left_wrong(run: Trace, cut: Cut) -> list[str]:
    """Say what is wrong with a state as it is, before anything is done about it."""
    promised = promises(run.effects, cut.done)
    wrong = [
        f"{path} is there in part"
        for path in sorted(run.finals())
        if cut.state.get(path) not in run.whole(path)
    ]
    wrong += [
        f"{path} was said to be done, and is not there"
        for path in sorted(promised.placed)
        if cut.state.get(path) != run.after[path]
    ]
    if promised.ended and _tree(cut.state) != _tree(run.after):
        wrong.append(f"the program ended well, but {_differing(run.after, cut.state)} is not as it left it")
    return wrong


def recovered_wrong(run: Trace, cut: Cut, root: Path) -> list[str]:
    """Lay a state out at `root`, run the command on it, and say what is wrong afterwards."""
    lay_out(cut.state, root)
    code, creates, told = carried_out(root)
    if code:
        return [f"the next run ended with {code}: {told}"]
    found, promised = there(root), promises(run.effects, cut.done)
    wrong = []
    if _tree(found) != _tree(run.after):
        wrong.append(f"after the next run {_differing(run.after, found)} is not as in the undisturbed one")
    for partition in sorted(creates.keys() | promised.asked):
        wrong += _doubled(partition, creates[partition], promised, told)
    if creates.keys() & promised.asked:
        wrong += _forgotten(creates.keys() & promised.asked, root)
    return wrong


def _doubled(partition: str, creates: int, promised: Promises, told: str) -> Iterator[str]:
    """Say where a job was made too often, or not at all, or twice without a word."""
    if partition in promised.known and creates:
        yield f"{partition}: made again, although the answer to its create was durable"
    if creates > 1 or (creates == 0 and partition not in promised.asked):
        yield f"{partition}: made {creates} times by the next run"
    if partition in promised.asked and creates and not _flagged(partition, told):
        yield f"{partition}: made twice, and nobody is told"


def _flagged(partition: str, told: str) -> bool:
    """Say whether a run's messages name a partition as a possible duplicate."""
    return any(line.startswith(f"{partition}: warning: ") and DOUBLE in line for line in told.splitlines())


def _forgotten(doubled: Set[str], root: Path) -> Iterator[str]:
    """Run once more: nothing is asked, and the record still says what may have been made twice."""
    code, creates, told = carried_out(root)
    if code or creates:
        yield f"a third run ended with {code} and made {sum(creates.values())} jobs"
    yield from (f"{one}: made twice, and forgotten" for one in sorted(doubled) if not _flagged(one, told))


def lay_out(state: State, root: Path) -> None:
    """Make a folder hold exactly a state."""
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    for path in sorted(state):
        if (content := state[path]) is None:
            (root / path).mkdir()
        else:
            (root / path).write_bytes(content)


def _kept(path: str) -> bool:
    return path.split("/")[0] != STATE


def _tree(state: State) -> Mapping[str, bytes | None]:
    """Return a state without the journal's folder."""
    return {path: content for path, content in state.items() if _kept(path)}


def _differing(one: State, other: State) -> str:
    """Name what differs between two trees."""
    first, second = _tree(one), _tree(other)
    return ", ".join(
        sorted(
            path
            for path in first.keys() | second.keys()
            if first.get(path) != second.get(path) or (path in first) != (path in second)
        )
    )

"""The rules: all that can happen to a person's exports, in any order, as hypothesis draws it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.crash.machine import verdict
from tests.crash.machine.moments import ANYWHERE, POINTS, WRITE, WRITES, Mishap
from tests.crash.machine.parts import REAL, Parts
from tests.crash.machine.wishes import EXPORTS, HOURS, NAMES, outputs
from tests.crash.machine.world import HOUR_MS, JUNK, World

ROOM = Path("/dev/shm")
"""Where folders cost no disk, if the system has it: what a crash leaves does not hang on a sync."""
OUTPUTS = st.sampled_from(outputs())
SKEWS = st.sampled_from([0, 25, -24])
BURNS = st.sampled_from([404, 403, 410])
LATER = st.sampled_from([1, 25])
WHAT = st.sampled_from(
    [
        *["crash"] * 12,
        *["second"] * 3,
        *["later 1", "later 25", "jump 25", "jump -24", "burn 404", "burn 403", "burn 410"],
        *["delete exports/agents.csv", "delete exports/made.json", "delete exports/incoming_post/posts.csv"],
    ]
)
"""What a person writes while a run goes on is left out: who replaces a file of ours in the very moment in
which the run does so too may find either."""
TELLING = ("piece", "answer create", "appended intent", "appended created", "appended stored")
"""The points at which most hangs on what comes next."""
NUMBERS = st.integers(1, 3)
MISHAPS = st.one_of(
    st.builds(Mishap, st.sampled_from([*POINTS, *TELLING * 4]), NUMBERS, WHAT),
    st.builds(Mishap, st.just(ANYWHERE), st.integers(1, 80), WHAT),
    st.builds(Mishap, st.sampled_from([*WRITES, WRITE]), st.integers(1, 25), st.just("full")),
)
SOME = st.lists(MISHAPS, min_size=1, max_size=2).map(tuple)
SELDOM = st.sampled_from([False, False, False, True])


class Journey(RuleBasedStateMachine):
    """One world, from its first run to an end in peace."""

    def __init__(self, parts: Parts = REAL) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="care-export-", dir=ROOM if ROOM.is_dir() else None))
        self.world = World(self.folder, parts)
        self.sound = True

    @rule(overwrite=SELDOM, retry_failed=SELDOM)
    def run(self, overwrite: bool, retry_failed: bool) -> None:
        """Run the command, and let nothing happen."""
        self._held(lambda: self.world.run(overwrite=overwrite, retry_failed=retry_failed))

    @rule(mishaps=SOME)
    def run_and(self, mishaps: tuple[Mishap, ...]) -> None:
        """Run the command, and let things happen on the way."""
        self._held(lambda: self.world.run(mishaps=mishaps))

    @rule(
        purpose=st.sampled_from(["detach", "collect", "wait"]),
        mishaps=st.lists(MISHAPS, max_size=1).map(tuple),
    )
    def run_for(self, purpose: str, mishaps: tuple[Mishap, ...]) -> None:
        """Only create, only fetch what is ready, or only fetch."""
        self._held(lambda: self.world.run(purpose, mishaps=mishaps))

    @rule(export=st.sampled_from(sorted(EXPORTS)), hour=st.integers(0, len(HOURS) - 1))
    def ask_for(self, export: str, hour: int) -> None:
        """Add an export, or change its parameter."""
        self.world.wishes.hours[export] = hour

    @rule(export=st.sampled_from(sorted(EXPORTS)), hour=st.integers(0, len(HOURS) - 1), mishaps=SOME)
    def ask_and_run(self, export: str, hour: int, mishaps: tuple[Mishap, ...]) -> None:
        """Change the manifest and run at once: then there is something to do."""
        self.world.wishes.hours[export] = hour
        self._held(lambda: self.world.run(mishaps=mishaps))

    @precondition(lambda self: len(self.world.wishes.hours) > 1)
    @rule(data=st.data())
    def no_longer_ask(self, data: st.DataObject) -> None:
        """Remove an export."""
        export = data.draw(st.sampled_from(sorted(self.world.wishes.hours)))
        del self.world.wishes.hours[export]

    @rule(name=st.integers(0, len(NAMES) - 1))
    def rename(self, name: int) -> None:
        """Change only how the files are named."""
        self.world.wishes.name = name

    @rule(hours=LATER)
    def later(self, hours: int) -> None:
        """Let time pass."""
        self.world.later(hours)

    @rule(skew=SKEWS)
    def jump(self, skew: int) -> None:
        """Set our own clock wrong, or right."""
        self.world.skew = skew * HOUR_MS

    @rule(status=BURNS)
    def burn(self, status: int) -> None:
        """Let the vendor lose what it holds."""
        self.world.vendor.burn(status)

    @rule()
    def hiccup(self) -> None:
        """Let the vendor refuse a link that is good; twice in a row, an old one would be taken for dead."""
        self.world.vendor.hiccups = 1

    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        """Delete a file that is there."""
        if there := self._there():
            self.world.delete(data.draw(st.sampled_from(there)))

    @rule(data=st.data(), junk=st.sampled_from([*JUNK, "cut"]))
    def change(self, data: st.DataObject, junk: str) -> None:
        """Change a file that is there, or put one where one is to come."""
        self.world.write(data.draw(st.sampled_from(self._there() or outputs())), junk)

    @invariant()
    def all_is_well(self) -> None:
        """Hold what holds after every rule."""
        self._held(lambda: verdict.always(self.world))

    def teardown(self) -> None:
        """Make peace: after one more run all is there, and the next one has nothing to do."""
        try:
            if self.sound:
                verdict.peace(self.world)
        finally:
            shutil.rmtree(self.folder)

    def _there(self) -> list[str]:
        return sorted(one for one in self.world.files() if not one.endswith(verdict.PART))

    def _held(self, act: Callable[[], object]) -> None:
        try:
            act()
        except Exception:
            self.sound = False
            raise

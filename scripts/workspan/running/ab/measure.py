# SPDX-License-Identifier: Apache-2.0
"""Measures two builds, or two environments, in interleaved pairs on a machine that drifts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from workspan.process.stop_signals import StopSignals
from workspan.process.watchdog import Watchdog
from workspan.resultfile.model import InvocationRecord, Journal
from workspan.running.ab.order import Exclusions, SideName, first_sides, sides_of_pair
from workspan.running.ab.sides import Side
from workspan.running.bench_binary import PinnedBinary
from workspan.running.invocation import run_invocation
from workspan.running.runner import Show
from workspan.running.schedule import Step, round_order

START: Final = 1.0  # seconds per process besides measuring, as estimated before the first one
MAX_REPEATS: Final = 3  # of a pair of which one side was disturbed
ROOM: Final = 1.5  # of the planned time: until then disturbed pairs are repeated, by default
AB_REBUILD_ADVICE: Final = "copy both builds to a folder that is not rebuilt, and start again"


@dataclass(frozen=True)
class PairBudget:
    """pairs of invocations, each with `budget` seconds of measuring.

    seconds: total, after which no new pair starts; None: no limit. room: seconds after which no
    pair is repeated.
    """

    pairs: int
    budget: float
    seconds: float | None
    room: float
    seed: int


def pair_budget(
    pairs: int, workloads: int, budget: float, seconds: float | None, seed: int
) -> PairBudget:
    """seconds: total, or None: no limit, and repeats may take half of the time of the pairs."""
    return PairBudget(
        pairs, budget, seconds, seconds or ROOM * 2 * pairs * workloads * (budget + START), seed
    )


@dataclass
class AbMeasurement:
    """The state of an `ab`; all finished invocations are saved in the folders of the sides."""

    sides: Mapping[SideName, Side]
    workloads: Sequence[str]
    budget: PairBudget
    watchdog: Watchdog
    stop: StopSignals
    show: Show
    on_finish: Callable[[Side, Journal], None]
    exclusions: Exclusions = field(default_factory=Exclusions)
    binaries: dict[SideName, PinnedBinary] = field(init=False)

    def __post_init__(self) -> None:
        """Pins both binaries from the start."""
        self.binaries = {
            name: PinnedBinary(side.bench, side.folder.manifest.sha256, AB_REBUILD_ADVICE)
            for name, side in self.sides.items()
        }

    def run(self) -> bool:
        """Measures all pairs, round by round; False if interrupted, or out of time."""
        firsts = {
            name: first_sides(self.budget.pairs, name, self.budget.seed) for name in self.workloads
        }
        for number in range(1, self.budget.pairs + 1):
            for workload in round_order(self.workloads, self.budget.seed, number):
                if workload in self.exclusions.given_up:
                    continue
                if self.stop.received or (number > 1 and not self._fits(1, self.budget.seconds)):
                    return False
                try:
                    self._pair(workload, number, sides_of_pair(firsts[workload][number - 1]))
                except KeyboardInterrupt:
                    return False
        return True

    def pairs_left(self) -> int:
        """The number of pairs that were never started."""
        started = {
            (j.record.workload, j.record.number)
            for side in self.sides.values()
            for j in side.folder.journals
        }
        active = [name for name in self.workloads if name not in self.exclusions.given_up]
        return sum(
            (name, number) not in started
            for name in active
            for number in range(1, self.budget.pairs + 1)
        )

    def _pair(self, workload: str, number: int, names: tuple[SideName, SideName]) -> None:
        """Measures both sides; repeats both if one was disturbed and there is time for it."""
        for _ in range(1 + MAX_REPEATS):
            records = [self._invocation(self.sides[name], workload, number) for name in names]
            self.exclusions.unite(workload)
            disturbed = any(record.disturbed for record in records)
            if not disturbed or workload in self.exclusions.given_up or self.stop.received:
                return
            if not self._fits(self.pairs_left() + 1, self.budget.room):
                return

    def _invocation(self, side: Side, workload: str, number: int) -> InvocationRecord:
        """Measures one side; repeats it without a case that ended the process, if that is known."""
        while True:
            attempt = side.attempts(workload, number) + 1
            step = Step(
                workload,
                number,
                attempt,
                self.exclusions.of(side.name, workload),
                self.budget.budget,
            )
            self.binaries[side.name].check_unchanged()
            self.show(step, None)
            journal = run_invocation(
                side.request(step),
                folder=side.folder.path,
                watchdog=self.watchdog,
                stop=self.stop,
                on_poll=lambda progress, step=step: self.show(step, progress),  # type: ignore[misc]
            )
            self.binaries[side.name].check_unchanged()
            side.folder.add(journal)
            self.on_finish(side, journal)
            if not self.exclusions.learn(side.name, journal.record):
                return journal.record

    def _fits(self, pairs: int, seconds: float | None) -> bool:
        """Whether this many more pairs fit into this time, if they take as long as those before."""
        if seconds is None:
            return True
        times = [j.record.seconds for side in self.sides.values() for j in side.folder.journals]
        each = sum(times) / len(times) if times else self.budget.budget + START
        return sum(times) + 2 * pairs * each <= seconds

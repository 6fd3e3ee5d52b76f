# SPDX-License-Identifier: Apache-2.0
"""Two builds, or two environments, measured in turn on a machine that drifts, and compared as pairs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from workspan.process.stop_signals import Stop
from workspan.process.watchdog import Watchdog
from workspan.resultfile.model import InvocationRecord, Journal
from workspan.running.ab.order import Exclusions, SideName, first_sides, sides_of_pair
from workspan.running.ab.sides import Side
from workspan.running.bench_progress import Standing
from workspan.running.invocation import invoke
from workspan.running.runner import Binary
from workspan.running.schedule import MOST_REPEATS, Step, order

START: Final = 1.0  # seconds that a process takes beside what it may measure, until the first ones have shown it
ROOM: Final = (
    1.5  # of the planned time, where none is given: what repeats of disturbed pairs may make of it
)
ADVICE: Final = "copy the two builds to where nobody builds, and start again"

Show = Callable[[Step, Standing | None], None]


@dataclass(frozen=True)
class Amount:
    """pairs of invocations, each with `budget` seconds to measure.

    seconds: of all, after which no further pair is begun; all are where it is None. room: seconds after which none is repeated.
    """

    pairs: int
    budget: float
    seconds: float | None
    room: float
    seed: int


def amount_of(
    pairs: int, workloads: int, budget: float, seconds: float | None, seed: int
) -> Amount:
    """seconds: of all, or None where nobody said so: then repeats have half of what the pairs take."""
    return Amount(
        pairs, budget, seconds, seconds or ROOM * 2 * pairs * workloads * (budget + START), seed
    )


@dataclass
class Measuring:
    """The state of an `ab` while it measures: everything that is finished lies in the folders of the sides."""

    sides: Mapping[SideName, Side]
    workloads: Sequence[str]
    amount: Amount
    watchdog: Watchdog
    stop: Stop
    show: Show
    finished: Callable[[Side, Journal], None]
    exclusions: Exclusions = field(default_factory=Exclusions)
    binaries: dict[SideName, Binary] = field(init=False)

    def __post_init__(self) -> None:
        """Knows both binaries from the start."""
        self.binaries = {
            name: Binary(side.folder.manifest, ADVICE) for name, side in self.sides.items()
        }

    def run(self) -> bool:
        """Measures all pairs, round by round; False where somebody asked to stop, or the time was over."""
        firsts = {
            name: first_sides(self.amount.pairs, name, self.amount.seed) for name in self.workloads
        }
        for number in range(1, self.amount.pairs + 1):
            for workload in order(self.workloads, self.amount.seed, number):
                if workload in self.exclusions.over:
                    continue
                if self.stop.asked or (number > 1 and not self._time_for(1, self.amount.seconds)):
                    return False
                try:
                    self._pair(workload, number, sides_of_pair(firsts[workload][number - 1]))
                except KeyboardInterrupt:
                    return False
        return True

    def pairs_left(self) -> int:
        """How many were never begun."""
        begun = {
            (j.record.workload, j.record.number)
            for side in self.sides.values()
            for j in side.folder.journals
        }
        alive = [name for name in self.workloads if name not in self.exclusions.over]
        return sum(
            (name, number) not in begun
            for name in alive
            for number in range(1, self.amount.pairs + 1)
        )

    def _pair(self, workload: str, number: int, names: tuple[SideName, SideName]) -> None:
        """Both sides, both again where one was disturbed and the others keep their time."""
        for _ in range(1 + MOST_REPEATS):
            records = [self._invocation(self.sides[name], workload, number) for name in names]
            self.exclusions.share(workload)
            disturbed = any(record.disturbed for record in records)
            if not disturbed or workload in self.exclusions.over or self.stop.asked:
                return
            if not self._time_for(self.pairs_left() + 1, self.amount.room):
                return

    def _invocation(self, side: Side, workload: str, number: int) -> InvocationRecord:
        """Again without the case that ended it, as long as that is known."""
        while True:
            attempt = side.attempts(workload, number) + 1
            step = Step(
                workload,
                number,
                attempt,
                self.exclusions.of(side.name, workload),
                self.amount.budget,
            )
            self.binaries[side.name].check()
            self.show(step, None)
            journal = invoke(
                side.request(step),
                folder=side.folder.path,
                watchdog=self.watchdog,
                stop=self.stop,
                on_poll=lambda standing, step=step: self.show(step, standing),  # type: ignore[misc]
            )
            self.binaries[side.name].check()
            side.folder.add(journal)
            self.finished(side, journal)
            if not self.exclusions.note(side.name, journal.record):
                return journal.record

    def _time_for(self, pairs: int, seconds: float | None) -> bool:
        """Whether so many more pairs fit into this time, if they take what the ones before took."""
        if seconds is None:
            return True
        taken = [j.record.seconds for side in self.sides.values() for j in side.folder.journals]
        each = sum(taken) / len(taken) if taken else self.amount.budget + START
        return sum(taken) + 2 * pairs * each <= seconds

# SPDX-License-Identifier: Apache-2.0
"""Which side measures when: pairs of invocations, one of each side, so close that drift of the machine hits both alike."""

import random
import zlib
from dataclasses import dataclass, field
from typing import Final, Literal

from workspan.resultfile.model import InvocationRecord, Status
from workspan.running.schedule import MOST_EXCLUDED, perhaps_held_up

SideName = Literal["a", "b"]
DIED: Final = (Status.CRASHED, Status.TIMEOUT)


def first_sides(pairs: int, workload: str, seed: int) -> list[SideName]:
    """Who begins each pair: of two pairs one begins with a and the next with b, or the other way round by chance: ABBA or BAAB.

    So neither linear drift nor coming second is on one side more than on the other (an odd last pair aside).
    """
    chance = random.Random(zlib.crc32(f"ab/{seed}/{workload}".encode()))
    firsts: list[SideName] = []
    while len(firsts) < pairs:
        firsts += ["a", "b"] if chance.random() < 0.5 else ["b", "a"]
    return firsts[:pairs]


def sides_of_pair(first: SideName) -> tuple[SideName, SideName]:
    """Both, in order."""
    return ("a", "b") if first == "a" else ("b", "a")


@dataclass
class Exclusions:
    """What ended a process is left out from then on: first by its own side, after the pair by both, so that they do the same."""

    by_side: dict[SideName, dict[str, list[str]]] = field(
        default_factory=lambda: {"a": {}, "b": {}}
    )
    over: set[str] = field(default_factory=set)  # workloads that are not started again
    pardoned: set[tuple[SideName, str, str]] = field(
        default_factory=set
    )  # side, workload and case that others may have held up

    def of(self, side: SideName, workload: str) -> tuple[str, ...]:
        """The names of the cases that this side leaves out."""
        return tuple(self.by_side[side].get(workload, ()))

    def note(self, side: SideName, record: InvocationRecord) -> bool:
        """Learns from how an invocation ended; True where it is worth another attempt without the case that ended it.

        Or with it, once, where it took too long while others disturbed it.
        """
        if record.status not in DIED:
            return False
        held_up = (side, record.workload, record.case)
        if perhaps_held_up(record) and held_up not in self.pardoned:
            self.pardoned.add(held_up)
            return True
        cases = self.by_side[side].setdefault(record.workload, [])
        if not record.case or record.case in cases or len(cases) >= MOST_EXCLUDED:
            self.over.add(record.workload)
            return False
        cases.append(record.case)
        return True

    def share(self, workload: str) -> None:
        """After a pair: both sides leave out the same."""
        both = dict.fromkeys((*self.of("a", workload), *self.of("b", workload)))
        for cases in self.by_side.values():
            cases[workload] = list(both)

# SPDX-License-Identifier: Apache-2.0
"""The order of the sides: pairs of invocations, one per side, so close that drift affects both."""

import random
import zlib
from dataclasses import dataclass, field
from typing import Final, Literal

from workspan.resultfile.model import InvocationRecord, Status
from workspan.running.schedule import MAX_EXCLUDED, is_excusable

SideName = Literal["a", "b"]
SIDE_WORDS: Final[dict[SideName, str]] = {"a": "old", "b": "new"}
DIED: Final = (Status.CRASHED, Status.TIMEOUT)


def first_sides(pairs: int, workload: str, seed: int) -> list[SideName]:
    """The first side of each pair: two consecutive pairs are ABBA or BAAB, at random.

    So neither linear drift nor running second favours one side (except in an odd last pair).
    """
    chance = random.Random(zlib.crc32(f"ab/{seed}/{workload}".encode()))
    firsts: list[SideName] = []
    while len(firsts) < pairs:
        firsts += ["a", "b"] if chance.random() < 0.5 else ["b", "a"]
    return firsts[:pairs]


def sides_of_pair(first: SideName) -> tuple[SideName, SideName]:
    """Both sides, in order."""
    return ("a", "b") if first == "a" else ("b", "a")


@dataclass
class Exclusions:
    """Cases that ended a process, and are excluded from then on.

    First on the side where it happened; after the pair on both, so that both do the same work.
    """

    by_side: dict[SideName, dict[str, list[str]]] = field(
        default_factory=lambda: {"a": {}, "b": {}}
    )
    given_up: set[str] = field(default_factory=set)  # workloads that are not started again
    # side, workload and case of ends that were excused once
    retried: set[tuple[SideName, str, str]] = field(default_factory=set)

    def of(self, side: SideName, workload: str) -> tuple[str, ...]:
        """The names of the cases excluded on this side."""
        return tuple(self.by_side[side].get(workload, ()))

    def learn(self, side: SideName, record: InvocationRecord) -> bool:
        """Excludes the case that ended an invocation; True if another attempt makes sense.

        A timeout under disturbance or an interruption is excused once: the case is tried again.
        """
        if record.status not in DIED:
            return False
        key = (side, record.workload, record.case)
        if is_excusable(record) and key not in self.retried:
            self.retried.add(key)
            return True
        cases = self.by_side[side].setdefault(record.workload, [])
        if not record.case or record.case in cases or len(cases) >= MAX_EXCLUDED:
            self.given_up.add(record.workload)
            return False
        cases.append(record.case)
        return True

    def unite(self, workload: str) -> None:
        """After a pair: both sides exclude the same cases."""
        both = dict.fromkeys((*self.of("a", workload), *self.of("b", workload)))
        for cases in self.by_side.values():
            cases[workload] = list(both)

# SPDX-License-Identifier: Apache-2.0
"""The attempts at the invocations of a run: which of them count, and their ceilings beside."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from workspan.resultfile.model import (
    Beside,
    Case,
    CaseInvocation,
    InvocationRecord,
    Journal,
    Status,
)
from workspan.support.errors import Exit


@dataclass(frozen=True)
class Attempt:
    """The cases of one process. death: how it died, in `case` if that is known.

    interrupted: by a signal that it caught, for which no case is to blame. sizes: those of
    `run --break-even` that it measured; empty: those of the preset.
    """

    workload: str
    number: int
    attempt: int
    cases: Sequence[Case]
    beside: Sequence[Beside] = ()
    disturbed: Sequence[str] = ()
    death: Status | None = None
    case: str = ""
    reason: str = ""
    interrupted: bool = False
    sizes: tuple[int, ...] = ()

    @property
    def is_excusable(self) -> bool:
        """Whether its death may be no fault of its case: a later attempt tells."""
        return self.interrupted or (self.death is Status.TIMEOUT and bool(self.disturbed))

    @property
    def name(self) -> str:
        """Its name in reasons."""
        return f"invocation {self.number}" + (
            f", attempt {self.attempt}" if self.attempt > 1 else ""
        )

    def own(self, i: CaseInvocation) -> CaseInvocation:
        """Samples that a process wrote, as those of this attempt."""
        return msgspec.structs.replace(
            i,
            number=self.number,
            attempt=self.attempt,
            disturbed=tuple(self.disturbed),
            counted=True,
        )


def was_interrupted(record: InvocationRecord) -> bool:
    """Whether the binary ended early since a signal told it to."""
    return record.status is Status.CRASHED and record.exit_code == int(Exit.INTERRUPTED)


def attempt_of(journal: Journal) -> Attempt:
    """The part of a journal that merging needs."""
    r = journal.record
    died = r.status in (Status.TIMEOUT, Status.CRASHED) or (
        r.status is Status.FAILED and journal.result is None
    )
    ours = journal.result.workspan if journal.result else None
    return Attempt(
        r.workload,
        r.number,
        r.attempt,
        cases=ours.cases if ours else [],
        beside=ours.beside if ours else [],
        disturbed=r.disturbed,
        death=r.status if died else None,
        case=r.case,
        reason=r.reason,
        interrupted=was_interrupted(r),
        sizes=tuple(r.sizes),
    )


def mark_counted(invocations: Sequence[CaseInvocation]) -> list[CaseInvocation]:
    """Of several attempts at one invocation the last undisturbed counts, else the last."""
    counting: dict[int, CaseInvocation] = {}
    for i in sorted(invocations, key=lambda i: (i.number, i.attempt)):
        if not i.disturbed or i.number not in counting or counting[i.number].disturbed:
            counting[i.number] = i
    return [msgspec.structs.replace(i, counted=counting[i.number] is i) for i in invocations]


def merge_beside(attempts: Sequence[Attempt]) -> list[Beside]:
    """The ceilings of all processes, by group and ceiling, in the order of the first one's."""
    found: dict[object, list[Beside]] = defaultdict(list)
    for a in sorted(attempts, key=lambda a: (a.number, a.attempt)):
        for b in a.beside:
            found[_ceiling_key(b)].append(msgspec.structs.replace(b, samples=a.own(b.samples)))
    return [
        msgspec.structs.replace(b, samples=samples)
        for same in found.values()
        for b, samples in zip(same, mark_counted([b.samples for b in same]), strict=True)
    ]


def _ceiling_key(b: Beside) -> object:
    return msgspec.json.encode(
        (b.group, b.workload, b.variant, b.n, sorted(b.keys.items()), b.threads, b.scope)
    )

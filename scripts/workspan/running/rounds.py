# SPDX-License-Identifier: Apache-2.0
"""A round of `workspan run --break-even`: further sizes of some workloads, in as many invocations.

Numbers of invocations go on where those of the round before ended, and their records name the
sizes: so a resumed run knows which round an invocation is of.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import msgspec

from workspan.resultfile.model import Case, InvocationRecord
from workspan.running.manifest import Manifest
from workspan.running.schedule import Step, next_step, run_budget, steps_left


@dataclass(frozen=True)
class Narrowed:
    """The sizes of one workload, the variants that decide, and their cases in the plan.

    first: the number of its first invocation, less 1.
    """

    workload: str
    sizes: tuple[int, ...]
    variants: tuple[str, ...]
    cases: tuple[Case, ...]
    first: int

    def has(self, record: InvocationRecord) -> bool:
        """Whether an invocation was of these sizes."""
        return record.workload == self.workload and tuple(record.sizes) == self.sizes


class Round:
    """The next sizes of several workloads. Its manifest has their cases, and time of its own."""

    def __init__(self, whole: Manifest, parts: Sequence[Narrowed]) -> None:
        """whole: of the run. Each invocation may take as long as one of the run."""
        self.parts = {part.workload: part for part in parts}
        cases = [case for part in parts for case in part.cases]
        ours = msgspec.structs.replace(whole.plan.workspan, cases=cases)
        budget, options = run_budget(whole.options), whole.options
        if budget.seconds is not None:
            seconds = budget.seconds * len(parts) / len(whole.workloads)
            options = msgspec.structs.replace(options, time_budget=seconds)
        self.manifest = msgspec.structs.replace(
            whole,
            options=options,
            plan=msgspec.structs.replace(whole.plan, workspan=ours),
            workloads=[*self.parts],
        )

    def next_step(self, records: Iterable[InvocationRecord]) -> Step | None:
        """The next invocation, or None if all are done. records: of the run."""
        step = next_step(self.manifest, self._own(records))
        if step is None:
            return None
        part = self.parts[step.workload]
        return replace(
            step, number=part.first + step.number, sizes=part.sizes, variants=part.variants
        )

    def steps_left(self, records: Iterable[InvocationRecord]) -> int:
        """The number of invocations that were never tried."""
        return steps_left(self.manifest, self._own(records))

    def _own(self, records: Iterable[InvocationRecord]) -> list[InvocationRecord]:
        """Its records, as those of a run by itself."""
        return [
            msgspec.structs.replace(record, number=record.number - part.first, sizes=[])
            for record in records
            if (part := self.parts.get(record.workload)) and part.has(record)
        ]

# SPDX-License-Identifier: Apache-2.0
"""`workspan run --break-even`: after the preset, sizes that narrow the brackets of the break-even.

The next sizes are a function of the invocations measured so far, so that a resumed run goes on with
the sizes that it would have measured anyway.
"""

from collections.abc import Callable, Sequence

import msgspec

from workspan.analysis.laws.break_even import BreakEven, break_evens
from workspan.analysis.laws.narrowing import (
    WideBracket,
    deciding_variants,
    next_sizes,
    sizes_within,
    wide_brackets,
)
from workspan.analysis.merge import RunRequest, merge_run
from workspan.resultfile.model import Case, Journal, Status
from workspan.running.manifest import Manifest, Options
from workspan.running.rounds import Narrowed, Round
from workspan.running.schedule import run_budget

Ask = Callable[[Options], Sequence[Case]]  # the binary's plan with these options


class Narrowing:
    """The rounds of a run. ask: what could be measured with other sizes."""

    def __init__(self, manifest: Manifest, ask: Ask) -> None:
        self._manifest, self._ask = manifest, ask
        self._known: dict[object, tuple[BreakEven, ...]] = {}  # by invocations
        self._asked: dict[str, Case] = {}  # by name
        self._parts: dict[tuple[str, int], Narrowed] = {}

    @property
    def cases(self) -> list[Case]:
        """Those of all rounds so far, as planned."""
        return [case for part in self._parts.values() for case in part.cases]

    def next_round(self, journals: Sequence[Journal]) -> Round | None:
        """The workloads with a bracket that can be narrowed; None if there are none."""
        parts = [
            part
            for name in self._manifest.workloads
            if (part := self._open_part(name, journals)) is not None
        ]
        return Round(self._manifest, parts) if parts else None

    def break_evens(self, journals: Sequence[Journal]) -> tuple[BreakEven, ...]:
        """Those of all workloads."""
        return tuple(
            b
            for name in self._manifest.workloads
            for b in self._found(name, [j for j in journals if j.record.workload == name])
        )

    def wide_brackets(self, journals: Sequence[Journal]) -> tuple[WideBracket, ...]:
        """The brackets that could not be narrowed."""
        return tuple(wide_brackets(self.break_evens(journals), [*self._asked.values()]))

    def _open_part(self, workload: str, journals: Sequence[Journal]) -> Narrowed | None:
        """The sizes of the last round if it is not complete, else those that follow from it.

        None follow if no process of that round survived. If memory has become scarce, its sizes may
        no longer follow from the rounds before; it then stays as it is.
        """
        mine = [j for j in journals if j.record.workload == workload]
        last = mine[-1].record.sizes if mine else []
        before = [j for j in mine if not last or j.record.sizes != last]
        part = self._next_part(workload, before)
        if last and not self._is_open(part, mine):
            survived = any(j.result for j in mine if j.record.sizes == last)
            part = self._next_part(workload, mine) if survived else None
        if part:
            self._parts[workload, part.first] = part
        return part

    def _is_open(self, part: Narrowed | None, journals: Sequence[Journal]) -> bool:
        """Whether a round has begun and is not complete."""
        records = [j.record for j in journals if part and part.has(j.record)]
        if part is None or not records:
            return False
        return Round(self._manifest, [part]).next_step(records) is not None

    def _next_part(self, workload: str, before: Sequence[Journal]) -> Narrowed | None:
        """The sizes that follow from these invocations of the workload; None: no more."""
        found = [b for b in self._found(workload, before) if b.brackets]
        cases = self._candidates(workload, found)
        tried = {n for j in before for n in j.record.sizes}
        variants = deciding_variants(found)
        chosen = [c for c in cases if c.variant in variants and c.n not in tried]
        sizes = sorted({n for b in found for n in next_sizes(b, _usable(b, chosen))})
        planned = tuple(c for c in chosen if c.n in sizes)
        if not sizes:
            return None
        invocations = run_budget(self._manifest.options).invocations
        first = max([invocations, *(j.record.number for j in before)])
        known = dict.fromkeys(c.variant for c in planned)
        return Narrowed(workload, tuple(sizes), tuple(known), planned, first)

    def _found(self, workload: str, journals: Sequence[Journal]) -> tuple[BreakEven, ...]:
        """The break-even of one workload, from its invocations."""
        key = workload, frozenset((j.record.number, j.record.attempt) for j in journals)
        if key not in self._known:
            plan = self._manifest.plan
            cases = [c for c in plan.workspan.cases if c.workload == workload]
            of_workload = msgspec.structs.replace(
                plan, workspan=msgspec.structs.replace(plan.workspan, cases=cases)
            )
            options = self._manifest.options
            request = RunRequest((), options.preset, run_budget(options).invocations)
            file = merge_run(journals, of_workload, request, complete=False)
            self._known[key] = break_evens(file)
        return self._known[key]

    def _candidates(self, workload: str, found: Sequence[BreakEven]) -> list[Case]:
        """The plan of all sizes that may be asked for, beyond those of the preset."""
        preset = {c.n for c in self._manifest.plan.workspan.cases if c.workload == workload}
        known = [c for c in self._asked.values() if c.workload == workload]
        sizes = {n for b in found for n in sizes_within(b)} - preset - {c.n for c in known}
        if not sizes:
            return known
        options = msgspec.structs.replace(
            self._manifest.options, workload=(workload,), sizes=tuple(map(str, sorted(sizes)))
        )
        asked = self._ask(options)
        self._asked |= {case.name: case for case in asked}
        return [*known, *asked]


def _usable(b: BreakEven, cases: Sequence[Case]) -> Callable[[int], bool]:
    """Whether a code of the host and the kernel of a break-even can be measured at a size."""
    kernels = {p.device.variant for p in b.points}
    fitting = [c for c in cases if c.status is Status.PLANNED and c.keys == b.keys]
    on_host = {c.n for c in fitting if c.scope == "host"}
    on_device = {c.n for c in fitting if c.variant in kernels}
    return (on_host & on_device).__contains__

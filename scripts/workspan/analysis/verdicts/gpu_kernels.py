# SPDX-License-Identifier: Apache-2.0
"""The suite's kernels on a GPU: compared with the library, and with transfers included."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from workspan.analysis.laws.break_even import BreakEven, Transfers, break_evens
from workspan.analysis.ratios.case_ratios import speedup
from workspan.analysis.ratios.ceilings import CaseIndex, fastest
from workspan.analysis.ratios.judge import Judgement, Judgements, judge
from workspan.resultfile.model import Case, ResultFile, Status
from workspan.resultfile.names import PAGEABLE, PINNED
from workspan.stats.ratios import Estimate


@dataclass(frozen=True)
class WithTransfers:
    """The suite's kernel with transfers of one kind: at the size of the row, and over all sizes."""

    case: Case
    vs_best_host: Estimate | None
    break_even: BreakEven | None


@dataclass(frozen=True)
class KernelJudgement:
    """A kernel at one size; None if not measured.

    library: the fastest library variant. e2e, pinned: with the transfers from and to pageable and
    page-locked memory; None of a teaching variant.
    """

    case: Case
    judgement: Judgement
    library: Case | None = None
    of_library: Estimate | None = None  # T_library / T
    e2e: WithTransfers | None = None
    pinned: WithTransfers | None = None


def is_ours(case: Case) -> bool:
    """A kernel of the suite, not a library's."""
    return case.scope == "kernel" and case.ours


def judge_kernels(file: ResultFile) -> list[KernelJudgement]:
    """Each kernel of the suite and each of its inputs, at its largest measured size."""
    cases, judgements = file.workspan.cases, judge(file)
    run = _Run(CaseIndex(cases), judgements, break_evens(file, judgements))
    return [_judge_kernel(case, run) for case in _largest_kernels(cases)]


class _Run(NamedTuple):
    cases: CaseIndex
    judgements: Judgements
    break_evens: Sequence[BreakEven]


def _largest_kernels(cases: Iterable[Case]) -> list[Case]:
    largest: dict[object, Case] = {}
    for case in cases:
        if is_ours(case) and case.status not in (Status.SKIPPED, Status.PLANNED):
            key = (case.workload, case.variant, tuple(sorted(case.keys.items())))
            if key not in largest or case.n > largest[key].n:
                largest[key] = case
    return list(largest.values())


def _judge_kernel(case: Case, run: _Run) -> KernelJudgement:
    same = run.cases.same_problem(case)
    library = fastest(c for c in same if c.scope == "kernel" and not c.ours)
    found = KernelJudgement(case, run.judgements[case.name], library, speedup(library, case))
    if case.role == "teaching":
        return found
    return replace(
        found,
        e2e=_with_transfers(case, PAGEABLE, "pageable", run),
        pinned=_with_transfers(case, PINNED, "pinned", run),
    )


def _with_transfers(
    kernel: Case, variant: str, transfers: Transfers, run: _Run
) -> WithTransfers | None:
    case = fastest(c for c in run.cases.same_problem(kernel) if c.variant == variant)
    if case is None:
        return None
    wanted = (kernel.workload, kernel.keys, transfers)
    found = (b for b in run.break_evens if (b.workload, b.keys, b.transfers) == wanted)
    return WithTransfers(case, run.judgements[case.name].vs_best_host, next(found, None))

# SPDX-License-Identifier: Apache-2.0
"""The suite's kernels on a GPU: compared with the library, and with transfers included."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from workspan.analysis.case_ratios import speedup
from workspan.analysis.ceilings import CaseIndex
from workspan.analysis.judge import Judgement, Judgements, judge
from workspan.resultfile.model import Case, ResultFile, Status
from workspan.resultfile.names import PAGEABLE, PINNED
from workspan.stats.ratios import Estimate


@dataclass(frozen=True)
class BreakEven:
    """The measured size from which on the GPU with transfers is faster than the best host code.

    n: None if it is not faster at the largest size. from_smallest: n is the smallest size.
    """

    n: int | None
    from_smallest: bool = False


@dataclass(frozen=True)
class KernelJudgement:
    """A kernel at one size. None if not measured or, of e2e to break_even, of a teaching variant.

    library: the fastest library variant. e2e, pinned: the suite's kernel with the transfers from
    and to pageable and page-locked memory.
    """

    case: Case
    judgement: Judgement
    library: Case | None = None
    of_library: Estimate | None = None  # T_library / T
    e2e: Case | None = None
    pinned: Case | None = None
    e2e_vs_best_host: Estimate | None = None
    break_even: BreakEven | None = None


def is_ours(case: Case) -> bool:
    """A kernel of the suite, not a library's."""
    return case.scope == "kernel" and case.ours


def judge_kernels(file: ResultFile) -> list[KernelJudgement]:
    """Each kernel of the suite and each of its inputs, at its largest measured size."""
    cases = file.workspan.cases
    index, judgements = CaseIndex(cases), judge(file)
    return [_judge_kernel(case, cases, index, judgements) for case in _largest_kernels(cases)]


def find_break_even(
    kernel: Case, cases: Iterable[Case], judgements: Judgements
) -> BreakEven | None:
    """The break-even over the sizes with both times; None if there are none."""
    same = [
        c
        for c in cases
        if (c.workload, c.keys, c.variant) == (kernel.workload, kernel.keys, PAGEABLE)
    ]
    speedups = {c.n: judgements[c.name].vs_best_host for c in sorted(same, key=lambda c: c.n)}
    pays = {n: found.value > 1 for n, found in speedups.items() if found}
    if not pays:
        return None
    last_loss = max((n for n, does in pays.items() if not does), default=None)
    first = min((n for n in pays if last_loss is None or n > last_loss), default=None)
    return BreakEven(first, from_smallest=last_loss is None)


def _largest_kernels(cases: Iterable[Case]) -> list[Case]:
    largest: dict[object, Case] = {}
    for case in cases:
        if is_ours(case) and case.status not in (Status.SKIPPED, Status.PLANNED):
            key = (case.workload, case.variant, tuple(sorted(case.keys.items())))
            if key not in largest or case.n > largest[key].n:
                largest[key] = case
    return list(largest.values())


def _judge_kernel(
    case: Case, cases: Sequence[Case], index: CaseIndex, judgements: Judgements
) -> KernelJudgement:
    same = index.same_problem(case)
    library = _fastest(c for c in same if c.scope == "kernel" and not c.ours)
    found = KernelJudgement(case, judgements[case.name], library, speedup(library, case))
    if case.role == "teaching":
        return found
    e2e, pinned = (_fastest(c for c in same if c.variant == name) for name in (PAGEABLE, PINNED))
    return replace(
        found,
        e2e=e2e,
        pinned=pinned,
        e2e_vs_best_host=judgements[e2e.name].vs_best_host if e2e else None,
        break_even=find_break_even(case, cases, judgements),
    )


def _fastest(cases: Iterable[Case]) -> Case | None:
    return min(cases, key=lambda c: c.time or math.inf, default=None)

# SPDX-License-Identifier: Apache-2.0
"""Where code runs, and the fastest code of each place for every problem of a run: what figures
and pages show. Of workloads that compute.
"""

import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from workspan.analysis.ratios.ceilings import problem_of
from workspan.analysis.ratios.judge import Judgement, Judgements, judge
from workspan.analysis.ratios.model_cases import is_about_concurrency
from workspan.resultfile.model import Case, ResultFile, Status
from workspan.resultfile.names import BASELINE, PAGEABLE, problem_name
from workspan.stats.ratios import Estimate


class Place(enum.Enum):
    """Where code runs, and whose it is."""

    ONE = "one"  # one CPU: the baseline
    TEAM = "team"  # several CPUs
    HOST_LIBRARY = "host_library"
    GPU = "gpu"  # data resident
    TRANSFERS = "transfers"  # on the GPU, with the transfers
    GPU_LIBRARY = "gpu_library"
    MODEL = "model"  # of execution: threads, coroutines, ...


@dataclass(frozen=True)
class Code:
    """A verified case, and the judgement on it."""

    case: Case
    judgement: Judgement


Codes = dict[Place, Code]


@dataclass(frozen=True)
class Problem:
    """A workload of one size and input, with the fastest code of each place."""

    workload: str
    n: int
    keys: tuple[tuple[str, str], ...]
    codes: Codes

    @property
    def name(self) -> str:
        """histogram zipf."""
        return problem_name(self.workload, (value for _, value in self.keys))


@dataclass(frozen=True)
class RunCodes:
    """A run, and its problems in the order of the file. cases: those that they are made of."""

    file: ResultFile
    problems: tuple[Problem, ...]
    cases: tuple[Case, ...] = ()


HOST: Final = (Place.ONE, Place.TEAM, Place.HOST_LIBRARY)
SHARING: Final = (Place.ONE, Place.TEAM, Place.GPU)  # places whose share of a ceiling is shown


def place_of(case: Case) -> Place:
    """Where a case runs."""
    if is_about_concurrency(case):
        return Place.MODEL
    if case.scope == "e2e":
        return Place.TRANSFERS
    if case.scope == "kernel":
        return Place.GPU if case.ours else Place.GPU_LIBRARY
    if not case.ours:
        return Place.HOST_LIBRARY
    return Place.TEAM if case.threads > 1 else Place.ONE


def run_codes(file: ResultFile, chosen: Callable[[str], bool] = lambda name: True) -> RunCodes:
    """The problems of a run that have a verified case of a chosen name."""
    judgements = judge(file)
    verified = [c for c in file.workspan.cases if c.status is Status.OK and c.time and c.computes]
    cases = tuple(case for case in verified if chosen(case.name))
    of_problem: dict[object, list[Case]] = {}
    for case in cases:
        of_problem.setdefault(problem_of(case), []).append(case)
    found = (_problem(each, judgements) for each in of_problem.values())
    return RunCodes(file, tuple(problem for problem in found if problem.codes), cases)


def largest_sizes(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """One of each workload and input: the largest size that the host measured, else of all."""
    found: dict[object, Problem] = {}
    for problem in problems:
        known = found.setdefault((problem.workload, problem.keys), problem)
        if (_on_host(problem), problem.n) > (_on_host(known), known.n):
            found[problem.workload, problem.keys] = problem
    return tuple(found.values())


def ceiling_shares(problem: Problem) -> dict[Place, Estimate]:
    """How much of its ceiling the code of each place reaches; not of codes that are ceilings."""
    codes = {p: problem.codes[p] for p in SHARING if p in problem.codes}
    return {
        place: code.judgement.of_ceiling
        for place, code in codes.items()
        if code.judgement.of_ceiling and not code.case.is_ceiling
    }


def main_share(problem: Problem) -> tuple[Place, Estimate]:
    """That of all CPUs, else of the GPU, else of one CPU."""
    found = ceiling_shares(problem)
    place = next(p for p in (Place.TEAM, Place.GPU, Place.ONE) if p in found)
    return place, found[place]


def main_shares(run: RunCodes) -> dict[str, tuple[Place, Estimate]]:
    """By workload; of several inputs the first counts, as in the headline."""
    found: dict[str, tuple[Place, Estimate]] = {}
    for problem in largest_sizes(run.problems):
        if ceiling_shares(problem):
            found.setdefault(problem.workload, main_share(problem))
    return found


def _on_host(problem: Problem) -> bool:
    return any(place in problem.codes for place in HOST)


def _problem(cases: list[Case], judgements: Judgements) -> Problem:
    codes: Codes = {}
    for case in cases:
        place = place_of(case)
        if not _stands_for(case, place):
            continue
        known = codes.get(place)
        if known is None or (case.time or 0) < (known.case.time or 0):
            codes[place] = Code(case, judgements[case.name])
    first = cases[0]
    return Problem(first.workload, first.n, tuple(sorted(first.keys.items())), codes)


def _stands_for(case: Case, place: Place) -> bool:
    """One CPU is the baseline's, and transfers are those from pageable memory."""
    if place is Place.ONE:
        return case.variant == BASELINE
    return place is not Place.TRANSFERS or case.variant == PAGEABLE

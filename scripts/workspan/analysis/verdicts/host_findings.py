# SPDX-License-Identifier: Apache-2.0
"""What an expert would say of the host codes of one problem. Notation: S = C_p / C_1 x f_p / f_1,
a speedup is what the ceiling gained times what the share of it did.
"""

import math
from collections.abc import Iterable, Iterator
from typing import Final

from workspan.analysis.ratios.case_ratios import speedup
from workspan.analysis.ratios.ceilings import cpu_share, fastest, is_starved
from workspan.analysis.ratios.gains import first_of
from workspan.analysis.ratios.judge import Judgement, Judgements
from workspan.analysis.verdicts.finding import Finding, Number, Problem, would_tell
from workspan.analysis.verdicts.limits import (
    LIKE_MACHINE,
    NOT_SCALING,
    SATURATED,
    CoreBound,
    code_of_share,
    core_bound,
    is_above,
    is_held_back,
)
from workspan.resultfile.counting import process_time
from workspan.resultfile.model import Case
from workspan.resultfile.names import BASELINE, TEAM
from workspan.stats.needed import side
from workspan.stats.ratios import Estimate

WRONG_CODE: Final = 1.1  # by which another code is faster than omp
LIBRARY: Final = 1.2  # by which a library is faster than the suite's code
SCALES: Final = 1.5  # speedup that shows that threads can help
DRIFT: Final = 1.25  # of the times of processes, slowest to fastest
DISAGREE: Final = 1.5  # the same, from which on the processes did not measure one machine
STEADY: Final = 0.1  # half-width of a speedup that drift left alone
KEYS: Final = 1.25  # by which the code of other keys is better


def chosen_case(problem: Problem) -> Case | None:
    """The host code that the findings are on: the suite's fastest team, else its fastest code."""
    return fastest_team(problem.cases, problem.judged) or fastest(_ours(problem.cases))


def fastest_team(cases: Iterable[Case], judged: Judgements) -> Case | None:
    """The suite's fastest code on several threads, of those with a speedup."""
    teams = (c for c in _ours(cases) if c.threads > 1 and c.time)
    by_time = sorted(teams, key=lambda c: c.time or math.inf)
    return next((c for c in by_time if judged[c.name].vs_seq), None)


def costs_more(vs_seq: Estimate) -> bool:
    """Whether threads are plainly slower than one: by value for lack of an interval."""
    return side(vs_seq, 1.0) < 0


def _ours(cases: Iterable[Case]) -> list[Case]:
    return [c for c in cases if c.scope == "host" and c.ours]


def host_findings(problem: Problem) -> Iterator[Finding]:
    """In the order in which they are said."""
    case = chosen_case(problem)
    if case is None:
        return
    vs_seq = problem.of(case).vs_seq
    if case.threads > 1 and vs_seq:
        if (first := too_small(problem)) is not None:
            yield first
            return
        yield from _gain(problem, case, vs_seq)
        yield from _drift(problem, case, vs_seq)
    else:
        yield from _share(problem, case)
    yield from _better_baseline(problem)
    yield from _library(problem, case)


def too_small(problem: Problem) -> Finding | None:
    """If one thread is fastest here, but not at a larger size."""
    best = fastest(c for c in problem.cases if c.scope == "host" and c.ours)
    if not best or best.threads > 1 or not best.time:
        return None
    team = chosen_case(problem)
    vs_seq = problem.of(team).vs_seq if team else None
    if team is None or team.threads == 1 or not vs_seq or not team.time:
        return None
    if not costs_more(vs_seq) or problem.largest_gain <= SCALES:
        return None
    slower = speedup(team, best)
    times = {"team_time": team.time, "time": best.time}
    return Finding("too_small", {"threads": team.threads, "slower": slower or 0.0, **times})


def _gain(problem: Problem, case: Case, vs_seq: Estimate) -> Iterator[Finding]:
    wrong = _wrong_code(problem, case)
    if wrong:
        yield wrong
    numbers: dict[str, Number] = {
        "speedup": vs_seq,
        "threads": case.threads,
        "variant": case.variant,
    }
    yield Finding("gain", numbers)
    if case.is_ceiling:
        yield _of_a_ceiling(problem, case, vs_seq)
        return
    yield from _share(problem, case)
    yield from _against_machine(problem, case)
    if not wrong:
        yield from _alternative(problem, case, vs_seq)


def _wrong_code(problem: Problem, case: Case) -> Finding | None:
    """If `omp` is well behind another code of the suite."""
    omp = _team(problem, case.threads)
    found = problem.of(omp).vs_seq if omp else None
    if omp is None or omp is case or not found:
        return None
    ahead = speedup(omp, case)
    if ahead is None or side(ahead, WRONG_CODE) <= 0:
        return None
    return Finding("wrong_code", {"variant": omp.variant, "speedup": found, "ahead": ahead})


def _alternative(problem: Problem, case: Case, vs_seq: Estimate) -> Iterator[Finding]:
    """The plain team, if it is a little behind."""
    omp = _team(problem, case.threads)
    found = problem.of(omp).vs_seq if omp else None
    if omp and found and omp is not case and found.value < vs_seq.value:
        yield Finding("alternative", {"variant": omp.variant, "speedup": found})


def _team(problem: Problem, threads: int) -> Case | None:
    return next((c for c in problem.cases if (c.variant, c.threads) == (TEAM, threads)), None)


def _of_a_ceiling(problem: Problem, case: Case, vs_seq: Estimate) -> Finding:
    """Its speedup is the machine's, if the size is large enough to show it."""
    if problem.largest_gain > SCALES * vs_seq.value:
        return Finding("small", {"larger": problem.largest_gain})
    if gainless := _gainless(vs_seq):
        return gainless
    numbers: dict[str, Number] = {"workload": case.workload, "cpus": problem.gains.cpus}
    if machine := problem.of(case).machine:  # what other codes are held against
        numbers |= {"machine": machine, "variant": case.variant, "speedup": vs_seq}
    if problem.gains.cores and case.threads == problem.gains.cpus:
        numbers["cores"] = problem.gains.cores
    unit = "arithmetic" if case.rate_unit == "flops" else "memory"
    return Finding(f"is_{unit}", numbers | {"level": case.level})


def _share(problem: Problem, case: Case) -> Iterator[Finding]:
    """How much of the ceiling is reached, and what memory would allow of it."""
    of_ceiling = problem.of(case).of_ceiling
    if of_ceiling is None or of_ceiling.exact:
        return
    code = code_of_share(of_ceiling, ("saturated", "share", "far_from_ceiling"))
    numbers: dict[str, Number] = {
        "share": of_ceiling,
        "ceiling": problem.of(case).ceiling,
        "threads": case.threads,
        "unit": case.rate_unit,
    }
    if code != "saturated" and case.rate_unit == "flops":
        numbers |= problem.allowed(case)
    yield Finding(code, numbers)


def _against_machine(problem: Problem, case: Case) -> Iterator[Finding]:
    """Whether the speedup is the machine's, or the code's."""
    judged = problem.of(case)
    machine, code, vs_seq = judged.machine, judged.code, judged.vs_seq
    if not machine or not code or not vs_seq:
        return
    bound = core_bound(case, judged, _of_seq(problem), problem.gains.of_cpus)
    numbers: dict[str, Number] = {"machine": machine, "code": code, "level": case.level}
    numbers |= {"unit": case.rate_unit, "threads": case.threads, "ceiling": case.ceiling}
    numbers["is_beside"] = int(not machine.from_rows)
    if is_held_back(code, bound):
        yield _held_back(problem, case, code, numbers)
    elif bound:
        yield _of_cores(bound, vs_seq, code, numbers)
    elif is_above(code):
        yield Finding("exceeds_machine", numbers | _one_thread(problem, case))
    elif side(code, LIKE_MACHINE[0]) > 0:
        is_alike = side(code, LIKE_MACHINE[1]) < 0
        name = "machine_limit" if is_alike else "makes_the_most"
        yield _gainless(vs_seq) or Finding(name, numbers)
    else:
        border = LIKE_MACHINE[0]
        yield Finding("cannot_tell", numbers | {"border": border} | would_tell(code, border))


def _held_back(problem: Problem, case: Case, code: Estimate, numbers: dict[str, Number]) -> Finding:
    """By how much it is behind what the machine gives."""
    if side(code, NOT_SCALING) < 0:
        return Finding("does_not_scale", numbers | _cause(problem, case, code))
    return Finding("below_machine", numbers)


def _of_cores(
    bound: CoreBound, vs_seq: Estimate, code: Estimate, numbers: dict[str, Number]
) -> Finding:
    """Of a code that its cores bound: how much it gains of what its CPUs give."""
    if bound.scales <= 0 and (gainless := _gainless(vs_seq)):
        return gainless
    numbers |= {"one_thread": bound.one_thread, "of_cpus": bound.of_cpus, "given": bound.given}
    numbers |= {"speedup": vs_seq, "exceeds": int(is_above(code))}
    return Finding("below_cpus" if bound.scales < 0 else "core_bound", numbers)


def _gainless(vs_seq: Estimate) -> Finding | None:
    """If threads cost more than they bring, or nothing tells."""
    if costs_more(vs_seq):
        return Finding("no_gain")
    if side(vs_seq, 1.0) > 0:
        return None
    return Finding("cannot_tell", {"border": 1.0} | would_tell(vs_seq, 1.0))


def _of_seq(problem: Problem) -> Judgement:
    seq = first_of(problem.cases, BASELINE)
    return problem.of(seq) if seq else Judgement()


def _one_thread(problem: Problem, case: Case) -> dict[str, Number]:
    share, of_case = _of_seq(problem).of_ceiling, problem.of(case).of_ceiling
    saturated = of_case is not None and side(of_case, SATURATED) > 0
    numbers: dict[str, Number] = {"saturated": int(saturated), "workload": case.workload}
    return numbers | {"one_thread": share} if share else numbers


def _cause(problem: Problem, case: Case, code: Estimate) -> dict[str, Number]:
    """What the file tells of why a code does not scale: evidence, not more."""
    if is_starved(case):
        return {"cause": "waiting", "cpu_share": cpu_share(case) or 0.0}
    vs_seq = problem.of(case).vs_seq
    if vs_seq and problem.largest_gain > SCALES * vs_seq.value:
        return {"cause": "small", "larger": problem.largest_gain}
    better = {name: c for name, c in problem.other_keys.items() if c > KEYS * code.value}
    if better:
        name = max(better, key=lambda other: better[other])
        return {"cause": "keys", "other": name, "other_code": better[name]}
    return {"cause": ""}


def _drift(problem: Problem, case: Case, vs_seq: Estimate) -> Iterator[Finding]:
    """If its time differed between processes while its speedup did not, or both did."""
    seq = first_of(problem.cases, BASELINE)
    spreads = [(_spread(c), c) for c in (case, seq) if c]
    (low, high), drifted = max(spreads, key=lambda s: s[0][1] / s[0][0])
    if high < DRIFT * low:
        return
    half = vs_seq.relative_half_width
    numbers: dict[str, Number] = {"variant": drifted.variant, "low": low, "high": high}
    if seq:
        numbers["other"] = (case if drifted is seq else seq).variant
    if half is not None and half <= STEADY:
        yield Finding("steady_speedup", numbers)
    elif high >= DISAGREE * low:
        yield Finding("disagreeing", numbers)


def _spread(case: Case) -> tuple[float, float]:
    times = [process_time(i) for i in case.invocations if i.counted]
    return min(times), max(times)


def _better_baseline(problem: Problem) -> Iterator[Finding]:
    seq = first_of(problem.cases, BASELINE)
    for warning in problem.of(seq).warnings if seq else ():
        if warning.code == "weak_baseline":
            other = next(c for c in problem.cases if c.name == warning.detail)
            ahead = speedup(seq, other)
            if ahead:
                yield Finding("weak_baseline", {"case": other.name, "ahead": ahead})


def _library(problem: Problem, case: Case) -> Iterator[Finding]:
    """If a library of the host is well ahead of the suite's fastest code, which `other` names if it
    is not the one that the findings are on.
    """
    library = fastest(c for c in problem.cases if c.scope == "host" and not c.ours)
    ours = fastest(_ours(problem.cases)) or case
    ahead = speedup(ours, library) if library else None
    if library and ahead and side(ahead, LIBRARY) > 0:
        numbers: dict[str, Number] = {"library": library.variant, "ahead": ahead}
        numbers |= {"threads": library.threads} | ({} if ours is case else {"other": ours.name})
        yield Finding("host_library_ahead", numbers)

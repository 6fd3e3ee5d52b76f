# SPDX-License-Identifier: Apache-2.0
"""What an expert would say of the kernels and transfers of one problem."""

from collections.abc import Iterator
from typing import Final

from workspan.analysis.laws.break_even import BreakEven, Transfers
from workspan.analysis.ratios.case_ratios import speedup
from workspan.analysis.ratios.ceilings import fastest, host_threads, rate
from workspan.analysis.verdicts.finding import Finding, Number, Problem, would_tell
from workspan.analysis.verdicts.host_findings import LIBRARY
from workspan.analysis.verdicts.limits import code_of_share
from workspan.resultfile.model import Case
from workspan.resultfile.names import PAGEABLE, PINNED
from workspan.stats.needed import side

LIKE_LIBRARY: Final = 0.85  # of the library's speed; up to its inverse both are alike
COUNTED: Final[tuple[tuple[str, Transfers], ...]] = ((PAGEABLE, "pageable"), (PINNED, "pinned"))


def device_findings(problem: Problem) -> Iterator[Finding]:
    """In the order in which they are said."""
    kernels = [c for c in problem.cases if c.scope == "kernel"]
    kernel = fastest(c for c in kernels if c.ours)
    if kernel and kernel.time:
        if problem.of(kernel).is_launch:
            times = {"time": kernel.time, "shortest": problem.device.shortest}
            yield Finding("launch", {**times, "unit": kernel.rate_unit})
            return
        yield from _resident(problem, kernel)
        library = fastest(c for c in kernels if not c.ours)
        if library:
            yield from _library(kernel, library)
        yield from _share(problem, kernel, library)
    for variant, transfers in COUNTED:
        copied = fastest(c for c in problem.cases if c.variant == variant)
        if copied:
            yield from _with_transfers(problem, kernel, copied, transfers)


def _resident(problem: Problem, kernel: Case) -> Iterator[Finding]:
    found = problem.of(kernel)
    if found.vs_best_host:
        numbers: dict[str, Number] = {"ratio": found.vs_best_host, **_opponent(problem, kernel)}
        answer = problem.break_even("resident")
        yield Finding("resident", numbers | (_answer(answer) if answer else {}))


def _opponent(problem: Problem, case: Case) -> dict[str, Number]:
    """The host's code that a device case is compared with: its name, and if the host never had all
    `cpus`, on how many threads it ran.
    """
    name = problem.of(case).best_host
    numbers: dict[str, Number] = {"host": name}
    if host_threads(problem.cases) < problem.gains.cpus:
        threads = next(c.threads for c in problem.cases if c.name == name)
        numbers |= {"threads": threads, "cpus": problem.gains.cpus}
    return numbers


def _library(kernel: Case, library: Case) -> Iterator[Finding]:
    of_library = speedup(library, kernel)
    if of_library:
        is_ahead = side(of_library, 1 / LIBRARY) < 0
        code = "library_ahead" if is_ahead else "of_library"
        yield Finding(code, {"share": of_library, "library": library.variant})


def _share(problem: Problem, kernel: Case, library: Case | None) -> Iterator[Finding]:
    of_ceiling = problem.of(kernel).of_ceiling
    if of_ceiling is None:
        return
    if of_ceiling.exact:
        unit, roofline = kernel.rate_unit, problem.rooflines.get(("kernel", 1))
        is_roof = any(r.name == kernel.name for r in roofline.roofs) if roofline else False
        rates: dict[str, Number] = {"rate": rate(kernel, unit), "unit": unit}
        yield Finding("device_rate", rates | {"is_roof": int(is_roof)})
        return
    code = code_of_share(of_ceiling, ("device_saturated", "device_share", "device_far"))
    numbers: dict[str, Number] = {"share": of_ceiling, "ceiling": problem.of(kernel).ceiling}
    of_library = speedup(library, kernel) if library else None
    if library and of_library and LIKE_LIBRARY <= of_library.value <= 1 / LIKE_LIBRARY:
        numbers["library"] = library.variant
    if code != "device_saturated" and kernel.rate_unit == "flops":
        numbers |= problem.allowed(kernel)
    yield Finding(code, numbers)


def _with_transfers(
    problem: Problem, kernel: Case | None, copied: Case, transfers: Transfers
) -> Iterator[Finding]:
    ratio, answer = problem.of(copied).vs_best_host, problem.break_even(transfers)
    if not ratio or not answer or not copied.time:
        return
    numbers: dict[str, Number] = {"ratio": ratio, "transfers": transfers, **_answer(answer)}
    if not kernel:  # no finding on its data resident names it
        numbers |= _opponent(problem, copied)
    if kernel and kernel.time and kernel.time < copied.time:
        numbers["share"] = 1 - kernel.time / copied.time
        if answer.kind == "never" and _is_the_bus(answer, problem):
            numbers |= _rates(problem, kernel, copied)
    yield Finding("with_transfers", numbers)


def _answer(found: BreakEven) -> dict[str, Number]:
    """The break-even as numbers: the sizes that it is said of, the bracket of the first
    crossing, the largest size that does not tell, and how many processes would there.
    """
    smallest, largest = found.said_of
    numbers: dict[str, Number] = {"answer": found.kind, "by_value": int(found.by_value)}
    numbers |= {"smallest": smallest, "largest": largest}
    if untold := found.untold:
        numbers |= {"untold": untold[-1].n, "untold_sizes": len(untold)}
        numbers |= {"is_exception": int(found.has_exception)}
        numbers |= would_tell(untold[-1].ratio, 1.0)
    if found.brackets:
        numbers |= {"low": found.brackets[0][0], "high": found.brackets[0][1]}
    return numbers | ({"root": found.root} if found.root else {})


def _is_the_bus(found: BreakEven, problem: Problem) -> bool:
    """Whether the transfers alone take as long as the host's code, at every size."""
    resident = problem.break_even("resident")
    kernels = {p.n: p.device.time for p in resident.points} if resident else {}
    times = ((p.device.time, kernels.get(p.n), p.host.time) for p in found.points)
    return all(all(t) and t[0] - t[1] >= t[2] for t in times if t[0] and t[1] and t[2])


def _rates(problem: Problem, kernel: Case, copied: Case) -> dict[str, Number]:
    """Of the bus, and of the host's memory: of workloads whose bytes cross the bus once."""
    host = next((c for c in problem.cases if c.name == problem.of(copied).best_host), None)
    if host is None or copied.rate_unit != "bytes" or not copied.time or not kernel.time:
        return {}
    bus = copied.cost.bytes / (copied.time - kernel.time)
    return {"bus": bus, "host_rate": rate(host, "bytes"), "best_host": host.name}

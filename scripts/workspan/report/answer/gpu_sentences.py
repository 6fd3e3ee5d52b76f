# SPDX-License-Identifier: Apache-2.0
"""The findings on kernels and transfers in sentences."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from workspan.analysis.verdicts.finding import Finding, Number
from workspan.report.cells import BY_VALUE, power, rate_words
from workspan.report.marked_numbers import bare, percent, plain_value, times, what_would_tell
from workspan.report.run_columns import short_name
from workspan.stats.ratios import Estimate
from workspan.support.text import of_cpus, quantity
from workspan.support.units import format_number, format_time

PERCENT: Final = 1.5  # ratio from which on a factor reads better than a percentage
LEVELS: Final = {"l1": "L1", "l2": "L2", "shared": "the shared cache", "memory": "memory"}
NOT_THE_UNIT: Final = {"bytes": ", not bandwidth", "flops": ", not arithmetic"}

Numbers = Mapping[str, Number]


def sentences(findings: Iterable[Finding]) -> Iterator[str]:
    """Its kernel against the host, a library and its ceiling; then what transfers leave of it."""
    known = [*findings]
    found = {f.code: f.numbers for f in known}
    if numbers := found.get("launch"):
        yield _launch(numbers)
    text, others = "GPU with its data resident", _of_library(found) + _of_ceiling(found)
    if numbers := found.get("resident"):
        yield f"{text}: {times(numbers['ratio'])} {_host(numbers)}{others}."
    elif others:  # no code of the host was measured
        yield f"{text}{others}."
    for finding in known:
        if finding.code == "with_transfers":
            yield _with_transfers(finding.numbers)


def answer(numbers: Numbers) -> str:
    """The break-even: never up to 2^28, at every size from 2^20, between 256 and 2^11; where the
    intervals do not tell, and what would.
    """
    kind = str(numbers["answer"])
    if kind == "unknown":
        return f"cannot tell at any size ({what_would_tell(numbers)})"
    mark = BY_VALUE if numbers.get("by_value") else ""
    return f"{_answer(kind, numbers)}{mark}{_root(numbers)}{_untold(numbers)}"


def share_of_ceiling(numbers: Numbers) -> str:
    """102 % of fma."""
    return f"{percent(numbers['share'])} of {str(numbers['ceiling']).split('/')[0]}"


def allowed(numbers: Numbers) -> str:
    """(at 6.25 flop per byte memory allows 32 %)."""
    if "allowed" not in numbers:
        return ""
    intensity = format_number(plain_value(numbers["intensity"]))
    share = percent(numbers["allowed"])
    return f" (at {intensity} flop per byte {LEVELS[str(numbers['level'])]} allows {share})"


def _answer(kind: str, numbers: Numbers) -> str:
    if kind in ("between", "in_and_out"):
        low, high = (power(int(plain_value(numbers[end]))) for end in ("low", "high"))
        words = "break-even" if kind == "between" else "in and out, the first crossing"
        return f"{words} between {low} and {high}"
    smallest, largest = (power(int(plain_value(numbers[e]))) for e in ("smallest", "largest"))
    at_one_size = smallest == largest
    if kind == "always":
        return f"at n = {smallest}" if at_one_size else f"at every size from {smallest}"
    return f"not at n = {largest}" if at_one_size else f"never up to {largest}"


def _root(numbers: Numbers) -> str:
    root = numbers.get("root")
    if not isinstance(root, Estimate):
        return ""
    ends = f" [{root.interval[0]:.3g}, {root.interval[1]:.3g}]" if root.interval else ""
    return f", at about {root.value:.3g}{ends}"


def _untold(numbers: Numbers) -> str:
    """The largest size at which the interval does not tell, and how many there are."""
    if "untold" not in numbers:
        return ""
    largest, others = int(plain_value(numbers["untold"])), plain_value(numbers["untold_sizes"]) - 1
    more = f" and {quantity(int(others), 'smaller size')}" if others else ""
    but = "but " if numbers["is_exception"] else ""
    return f", {but}cannot tell at {power(largest)}{more} ({what_would_tell(numbers)})"


def _launch(numbers: Numbers) -> str:
    """The evidence is the shortest kernel of the run."""
    time, shortest = (plain_value(numbers[name]) for name in ("time", "shortest"))
    is_other = time > shortest
    beside = f", the shortest of the run {format_time(shortest)}" if is_other else ""
    most = "mostly the launch" if is_other else "the launch"
    other_bound = NOT_THE_UNIT.get(str(numbers["unit"]), "")
    return f"The GPU's kernel takes {format_time(time)}{beside}: that is {most}{other_bound}."


def _host(numbers: Numbers) -> str:
    """omp (16); of a host that never had all CPUs: seq on one thread of 16 CPUs."""
    name = str(numbers["host"])
    if "cpus" not in numbers:
        return short_name(name)
    threads, cpus = (int(plain_value(numbers[n])) for n in ("threads", "cpus"))
    return f"{name.split('/')[1]} on {of_cpus(threads, cpus)}"


def _of_library(found: Mapping[str, Numbers]) -> str:
    for code, words in (("of_library", ""), ("library_ahead", "only ")):
        numbers = found.get(code)
        if numbers and plain_value(numbers["share"]) > PERCENT:
            return f", {bare(numbers['share'])} as fast as {numbers['library']}"
        if numbers:
            return f", {words}{percent(numbers['share'])} of the speed of {numbers['library']}"
    return ""


def _of_ceiling(found: Mapping[str, Numbers]) -> str:
    for code in ("device_share", "device_saturated", "device_far"):
        if numbers := found.get(code):
            said = f", {share_of_ceiling(numbers)}{allowed(numbers)}"
            if code == "device_saturated":
                return f"{said}: nothing is left on this device"
            if code == "device_far" and "library" in numbers:
                return f"{said}: as little as {numbers['library']}, as if the problem set the bound"
            return said
    if numbers := found.get("device_rate"):
        rate = rate_words(plain_value(numbers["rate"]), str(numbers["unit"]))
        itself = ", itself a ceiling" if numbers["is_roof"] else ""
        return f", {rate}{itself}"
    return ""


def _with_transfers(numbers: Numbers) -> str:
    memory = "" if numbers["transfers"] == "pageable" else f" from {numbers['transfers']} memory"
    host = f" {_host(numbers)}" if "host" in numbers else ""
    said = f"With transfers{memory} {times(numbers['ratio'])}{host}: {answer(numbers)}"
    if "share" in numbers:
        said += f"; they are {percent(numbers['share'])} of the time"
    if "bus" in numbers:
        bus, host = (format_number(plain_value(numbers[r]) / 1e9) for r in ("bus", "host_rate"))
        said += f", the bus gives {bus} GB/s and the host's code takes {host}"
    return f"{said}."

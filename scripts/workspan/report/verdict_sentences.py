# SPDX-License-Identifier: Apache-2.0
"""The verdicts on the problems of a run in sentences: one paragraph each."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from workspan.analysis.finding import Finding, Number
from workspan.analysis.verdicts import Verdict
from workspan.report.cells import FROM_ROWS, ONE_PROCESS, power
from workspan.report.run_columns import short_name
from workspan.resultfile.names import BASELINE
from workspan.stats.ratios import Estimate
from workspan.support.text import quantity
from workspan.support.units import format_number, format_time

PERCENT: Final = 1.5  # ratio from which on a factor reads better than a percentage

Numbers = Mapping[str, Number]


def heading(verdict: Verdict) -> str:
    """gemm, n = 2^11."""
    return ", ".join([verdict.workload, f"n = {power(verdict.n)}", *verdict.keys.values()])


def sentences(verdict: Verdict) -> list[str]:
    """Of all findings; the share of a ceiling ends the sentence of the gain."""
    found = {finding.code: finding.numbers for finding in verdict.findings}
    texts = [*_of_the_gain(found)]
    texts += [SENTENCES[f.code](f.numbers) for f in verdict.findings if f.code in SENTENCES]
    texts += [*_of_the_gpu(verdict.findings)]
    return texts


def times(value: Number) -> str:
    """13.7x, with its interval and marks: 8.60x [8.37, 10.2]*."""
    if not isinstance(value, Estimate):
        return f"{format_number(_float(value))}x"
    ends = ""
    if value.interval:
        ends = " [" + ", ".join(format_number(end) for end in value.interval) + "]"
    marks = ONE_PROCESS if value.interval and value.within_one_process else ""
    return f"{format_number(value.value)}x{ends}{marks}{FROM_ROWS if value.from_rows else ''}"


def percent(value: Number) -> str:
    """102 %; never a rounded 0 or, of a part that is not the whole, 100."""
    share = _float(value)
    if 0 < share < 0.005 or 0.995 <= share < 1:
        return "below 1 %" if share < 0.5 else "over 99 %"
    return f"{100 * share:.0f} %"


def _float(value: Number) -> float:
    return value.value if isinstance(value, Estimate) else float(value)


def bare(value: Number) -> str:
    """8.60x, for a number beside which another one matters."""
    return f"{format_number(_float(value))}x"


def answer(numbers: Numbers) -> str:
    """The break-even: never up to 2^28, at every size from 2^20, between 256 and 2^11."""
    smallest, largest = (power(int(_float(numbers[end]))) for end in ("smallest", "largest"))
    kind = str(numbers["answer"])
    if kind in ("between", "in_and_out"):
        low, high = (power(int(_float(numbers[end]))) for end in ("low", "high"))
        if kind == "in_and_out":
            return f"in and out, the first crossing between {low} and {high}"
        return f"break-even between {low} and {high}" + _root(numbers)
    at_one_size = smallest == largest
    return {
        "always": f"at n = {smallest}" if at_one_size else f"at every size from {smallest}",
        "never": f"not at n = {largest}" if at_one_size else f"never up to {largest}",
    }.get(kind, "which is faster is not told at any size")


def _root(numbers: Numbers) -> str:
    root = numbers.get("root")
    if not isinstance(root, Estimate):
        return ""
    ends = f" [{root.interval[0]:.3g}, {root.interval[1]:.3g}]" if root.interval else ""
    return f", at about {root.value:.3g}{ends}"


def _of_the_gain(found: Mapping[str, Numbers]) -> Iterator[str]:
    """What threads gain, and how much of the ceiling that is."""
    if "gain" in found:
        gain = found["gain"]
        text = f"{gain['variant']} gains {times(gain['speedup'])} over {BASELINE}"
        text += f" on {quantity(int(_float(gain['threads'])), 'CPU')}"
        if wrong := found.get("wrong_code"):
            first = f"{wrong['variant']} gains {times(wrong['speedup'])} and is the wrong code"
            text = f"{first}: {text}"
        yield text + _share(found) + "."
    elif share := _share(found):
        numbers = next(found[code] for code in SHARES if code in found)
        threads = int(_float(numbers["threads"]))
        yield f"On {'one CPU' if threads == 1 else quantity(threads, 'CPU')}{share}."


SHARES: Final = ("saturated", "share", "far_from_ceiling")


def _share(found: Mapping[str, Numbers]) -> str:
    if numbers := found.get("saturated"):
        return f", at {_of_ceiling(numbers)}: nothing is left on this device"
    if numbers := found.get("share"):
        return f", at {_of_ceiling(numbers)}{_allowed(numbers)}"
    if numbers := found.get("far_from_ceiling"):
        return f", yet only {_of_ceiling(numbers)}{_allowed(numbers)}"
    return ""


def _of_ceiling(numbers: Numbers) -> str:
    return f"{percent(numbers['share'])} of {str(numbers['ceiling']).split('/')[0]}"


def _allowed(numbers: Numbers) -> str:
    if "allowed" not in numbers:
        return ""
    intensity = format_number(_float(numbers["intensity"]))
    return f" (at {intensity} flop per byte memory allows {percent(numbers['allowed'])})"


def _source(numbers: Numbers) -> str:
    """Which part of the machine gave it."""
    if numbers["unit"] == "flops":
        return "the machine"
    return "memory" if numbers["level"] == "memory" else "the caches"


def _gives(numbers: Numbers) -> str:
    source = _source(numbers)
    return f"{source} {'give' if source.endswith('s') else 'gives'}"


def _too_small(numbers: Numbers) -> str:
    first, second = (format_time(_float(numbers[name])) for name in ("team_time", "time"))
    return (
        f"Too small for threads: {quantity(int(_float(numbers['threads'])), 'CPU')} are"
        f" {bare(numbers['slower'])} slower than one ({first} against {second})."
    )


def _is_arithmetic(numbers: Numbers) -> str:
    return (
        f"{numbers['workload']} has no serial part and leaves memory alone, so this is the"
        f" machine{_cores(numbers)}."
    )


def _cores(numbers: Numbers) -> str:
    cores = numbers.get("cores")
    return f": it behaves like {quantity(int(_float(cores)), 'core')}" if cores else ""


def _is_memory(numbers: Numbers) -> str:
    what = "memory" if numbers["level"] == "memory" else "the caches"
    return f"{numbers['workload']} only moves data, so this is what {what} can give."


def _exceeds(numbers: Numbers) -> str:
    start = f"That is more than {_gives(numbers)} ({bare(numbers['machine'])})"
    if "one_thread" not in numbers:
        return f"{start}."
    one = f"{percent(numbers['one_thread'])} of {numbers['ceiling']}"
    if numbers["saturated"]:
        return (
            f"{start}, because one thread alone reaches {one}: a better single-threaded"
            f" {numbers['workload']} would lower this number."
        )
    return f"{start}: one thread is at {one}, and further threads hide its waits or add caches."


def _does_not_scale(numbers: Numbers) -> str:
    return (
        f"The code does not scale: {_gives(numbers)} {bare(numbers['machine'])}{_cause(numbers)}."
    )


def _cause(numbers: Numbers) -> str:
    cause = numbers["cause"]
    if cause == "waiting":
        return f"; its threads were on a CPU for {percent(numbers['cpu_share'])} of the time"
    if cause == "small":
        return f"; n is small, a larger one gains {bare(numbers['larger'])}"
    if cause == "keys":
        return f"; {numbers['other']} makes more of the machine, so it is this input"
    return ""


def _cannot_tell(numbers: Numbers) -> str:
    start = f"Whether the code makes the most of the {bare(numbers['machine'])} that"
    remedy = "no reasonable number of processes would tell"
    if "fewest" in numbers:
        remedy = f"it takes {numbers['fewest']} processes or more"
    elif "processes" in numbers:
        remedy = f"about {numbers['processes']} processes would tell"
    return f"{start} {_gives(numbers)} cannot be told ({remedy})."


def _steady(numbers: Numbers) -> str:
    low, high = _float(numbers["low"]), _float(numbers["high"])
    return (
        f"The time of {numbers['variant']} differed by {100 * (high / low - 1):.0f} % between"
        f" processes ({format_time(low)} to {format_time(high)}): the machine drifted, the speedup"
        " did not."
    )


def _disagreeing(numbers: Numbers) -> str:
    low, high = (format_time(_float(numbers[end])) for end in ("low", "high"))
    return f"Its processes disagree: {numbers['variant']} took {low} to {high}."


SENTENCES: Final[dict[str, Callable[[Numbers], str]]] = {
    "too_small": _too_small,
    "no_gain": lambda _: "At this size threads cost more than they bring.",
    "small": lambda n: f"n is small: a larger one gains {bare(n['larger'])}.",
    "is_arithmetic": _is_arithmetic,
    "is_memory": _is_memory,
    "machine_limit": lambda n: f"That is about all that {_gives(n)} ({bare(n['machine'])}).",
    "below_machine": lambda n: (
        f"That is {percent(n['code'])} of the {bare(n['machine'])} that {_gives(n)}."
    ),
    "exceeds_machine": _exceeds,
    "does_not_scale": _does_not_scale,
    "cannot_tell": _cannot_tell,
    "alternative": lambda n: f"{n['variant']} gains {times(n['speedup'])}.",
    "weak_baseline": lambda n: (
        f"The baseline is weak: {short_name(str(n['case']))} is {times(n['ahead'])} as fast."
    ),
    "host_library_ahead": lambda n: (
        f"{n['library']} on {n['threads']} is {times(n['ahead'])} as fast."
    ),
    "steady_speedup": _steady,
    "disagreeing": _disagreeing,
}


def _of_the_gpu(findings: Iterable[Finding]) -> Iterator[str]:
    """Its kernel against the host, a library and its ceiling; then what transfers leave of it."""
    found = {f.code: f.numbers for f in findings}
    if numbers := found.get("launch"):
        time = format_time(_float(numbers["time"]))
        yield f"The GPU's kernel takes {time}: that is the launch, not bandwidth."
    if numbers := found.get("resident"):
        text = f"GPU with its data resident: {times(numbers['ratio'])} {_host(numbers)}"
        yield text + _of_library(found) + _of_device(found) + "."
    for finding in findings:
        if finding.code == "with_transfers":
            yield _with_transfers(finding.numbers)


def _host(numbers: Numbers) -> str:
    return short_name(str(numbers["host"]))


def _of_library(found: Mapping[str, Numbers]) -> str:
    for code, words in (("of_library", ""), ("library_ahead", "only ")):
        numbers = found.get(code)
        if numbers and _float(numbers["share"]) > PERCENT:
            return f", {bare(numbers['share'])} as fast as {numbers['library']}"
        if numbers:
            return f", {words}{percent(numbers['share'])} of the speed of {numbers['library']}"
    return ""


def _of_device(found: Mapping[str, Numbers]) -> str:
    for code in ("device_share", "device_saturated", "device_far"):
        if numbers := found.get(code):
            said = f", {_of_ceiling(numbers)}"
            if code == "device_saturated":
                return f"{said}: nothing is left on this device"
            if code == "device_far" and "library" in numbers:
                return f"{said}: as little as {numbers['library']}, so it is the problem's bound"
            return said
    return ""


def _with_transfers(numbers: Numbers) -> str:
    memory = "" if numbers["transfers"] == "pageable" else f" from {numbers['transfers']} memory"
    said = f"With transfers{memory} {times(numbers['ratio'])}: {answer(numbers)}"
    if "share" in numbers:
        said += f"; they are {percent(numbers['share'])} of the time"
    if "bus" in numbers:
        bus, host = (format_number(_float(numbers[r]) / 1e9) for r in ("bus", "host_rate"))
        said += f", the bus gives {bus} GB/s and the host's code takes {host}"
    return f"{said}."

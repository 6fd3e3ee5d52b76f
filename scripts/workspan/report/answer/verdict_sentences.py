# SPDX-License-Identifier: Apache-2.0
"""The verdicts on the problems of a run in sentences: one paragraph each.

A sentence says what was measured. A cause that was not is said to be one of the contract, or not to
have been measured.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from workspan.analysis.verdicts.finding import Number
from workspan.analysis.verdicts.limits import LIKE_MACHINE
from workspan.analysis.verdicts.verdicts import Verdict
from workspan.report.answer import gpu_sentences
from workspan.report.answer.gpu_sentences import allowed, share_of_ceiling
from workspan.report.cells import power
from workspan.report.marked_numbers import (
    bare,
    number,
    percent,
    plain_value,
    times,
    what_would_tell,
)
from workspan.report.run_columns import short_name
from workspan.resultfile.names import BASELINE
from workspan.stats.ratios import Estimate
from workspan.support.text import quantity
from workspan.support.units import format_number, format_time

Numbers = Mapping[str, Number]


def heading(verdict: Verdict) -> str:
    """gemm, n = 2^11."""
    return ", ".join([verdict.workload, f"n = {power(verdict.n)}", *verdict.keys.values()])


def sentences(verdict: Verdict) -> list[str]:
    """Of all findings; the share of a ceiling ends the sentence of the gain."""
    found = {finding.code: finding.numbers for finding in verdict.findings}
    texts = [*_of_the_gain(found)]
    texts += [SENTENCES[f.code](f.numbers) for f in verdict.findings if f.code in SENTENCES]
    return [*texts, *gpu_sentences.sentences(verdict.findings)]


def _of_the_gain(found: Mapping[str, Numbers]) -> Iterator[str]:
    """What threads gain, and how much of the ceiling that is."""
    if "gain" in found:
        gain = found["gain"]
        text = f"gains {times(gain['speedup'])} over {BASELINE}"
        text += f" on {quantity(int(plain_value(gain['threads'])), 'CPU')}{_share(found)}."
        start = str(gain["variant"])
        if wrong := found.get("wrong_code"):
            first = f"{wrong['variant']} gains only {times(wrong['speedup'])}"
            start = f"{first}; the code to use is {start}, {times(wrong['ahead'])} as fast, which"
        yield f"{start} {text}"
    elif share := _share(found):
        numbers = next(found[code] for code in SHARES if code in found)
        threads = int(plain_value(numbers["threads"]))
        yield f"On {'one CPU' if threads == 1 else quantity(threads, 'CPU')}{share}."


SHARES: Final = ("saturated", "share", "far_from_ceiling")


def _share(found: Mapping[str, Numbers]) -> str:
    if numbers := found.get("saturated"):
        return f", at {share_of_ceiling(numbers)}: nothing is left on this device"
    if numbers := found.get("share"):
        return f", at {share_of_ceiling(numbers)}{allowed(numbers)}"
    if numbers := found.get("far_from_ceiling"):
        return f", yet only {share_of_ceiling(numbers)}{allowed(numbers)}"
    return ""


def _source(numbers: Numbers) -> str:
    """Which part of the machine gave it."""
    if numbers["unit"] == "flops":
        return "the machine"
    return "memory" if numbers["level"] == "memory" else "the caches"


def _gives(numbers: Numbers) -> str:
    source = _source(numbers)
    return f"{source} {'give' if source.endswith('s') else 'gives'}"


def _ceiling_gains(numbers: Numbers) -> str:
    """What a ceiling gained, by its name: copy and read gain differently, and each of them beside a
    case not as much as in its own rows.
    """
    beside = " beside it" if numbers["is_beside"] else ""
    return f"{numbers['ceiling']}{beside} gains {bare(numbers['machine'])}"


def _evidence(numbers: Numbers) -> str:
    """The factors of the speedup; the second one decides."""
    return f"{_ceiling_gains(numbers)}, code {number(numbers['code'])}"


def _too_small(numbers: Numbers) -> str:
    first, second = (format_time(plain_value(numbers[name])) for name in ("team_time", "time"))
    return (
        f"Too small for threads: {quantity(int(plain_value(numbers['threads'])), 'CPU')} are"
        f" {bare(numbers['slower'])} slower than one ({first} against {second})."
    )


def _is_arithmetic(numbers: Numbers) -> str:
    return (
        f"By its contract {numbers['workload']} has no serial part and leaves memory alone, so this"
        f" is the machine{_cores(numbers)}.{_of_its_own(numbers)}"
    )


def _cores(numbers: Numbers) -> str:
    cores = numbers.get("cores")
    return f": it behaves like {quantity(int(plain_value(cores)), 'core')}" if cores else ""


def _is_memory(numbers: Numbers) -> str:
    what = "memory" if numbers["level"] == "memory" else "the caches"
    return (
        f"By its contract {numbers['workload']} only moves data, so this is what {what} can"
        f" give.{_of_its_own(numbers)}"
    )


def _of_its_own(numbers: Numbers) -> str:
    """The gain over the same code on one thread, if it is not that over seq."""
    if "machine" not in numbers or bare(numbers["machine"]) == bare(numbers["speedup"]):
        return ""
    gain = times(numbers["machine"])
    return f" Over {numbers['variant']} on one thread {numbers['workload']} gains {gain}."


def _exceeds(numbers: Numbers) -> str:
    start = f"That is more than {_gives(numbers)} ({_evidence(numbers)})"
    if "one_thread" not in numbers:
        return f"{start}."
    one = f"{percent(numbers['one_thread'])} of {numbers['ceiling']}"
    if numbers["saturated"]:
        return (
            f"{start}, because one thread alone reaches {one}: a better single-threaded"
            f" {numbers['workload']} would lower this number."
        )
    return (
        f"{start}: one thread is at {one}. Further threads may hide its waits or add caches;"
        " neither was measured."
    )


def _core_bound(numbers: Numbers) -> str:
    """Why memory is not its measure, and how much it gains of what its CPUs give. Only a gain like
    theirs proves it: memory may bind a code that moves more than the least traffic.
    """
    is_sure = _ends(numbers["of_cpus"])[0] >= LIKE_MACHINE[0]
    cause = "the core bounds it" if is_sure else "the core seems to bound it"
    cause = f"{cause} rather than {_source(numbers)}"
    one = f"ne thread reaches only {percent(numbers['one_thread'])} of {numbers['ceiling']}"
    if numbers["exceeds"]:
        start = f"That is more than {_gives(numbers)} ({_evidence(numbers)}), since o{one}: {cause}"
    else:
        start = f"O{one}: {cause} ({_ceiling_gains(numbers)})"
    return f"{start}, and {_of_cpus(numbers)}"


def _of_cpus(numbers: Numbers) -> str:
    """By the interval, if there is one: about all, more, or a part that it does not tell."""
    of_cpus, gain = numbers["of_cpus"], bare(numbers["speedup"])
    low, high = _ends(of_cpus)
    if low < LIKE_MACHINE[0]:
        ends = f"[{100 * low:.0f}, {100 * high:.0f}]"
        return f"its gain is {percent(of_cpus)} {ends} of what {_cpus(numbers)}."
    if low < LIKE_MACHINE[1]:
        return f"{gain} is about all that {_cpus(numbers)}."
    return (
        f"{gain} is more than {_cpus(numbers)}. Further threads may hide its waits or add caches;"
        " neither was measured."
    )


def _ends(found: Number) -> tuple[float, float]:
    """Of the interval; without one the value."""
    value = plain_value(found)
    return (isinstance(found, Estimate) and found.interval) or (value, value)


def _cpus(numbers: Numbers) -> str:
    """2 CPUs give; of fewer cores 16 CPUs give (8.34 times the arithmetic of one)."""
    threads, given = int(plain_value(numbers["threads"])), plain_value(numbers["given"])
    fewer = f" ({format_number(given)} times the arithmetic of one)"
    is_fewer = given < LIKE_MACHINE[0] * threads
    return f"{quantity(threads, 'CPU')} give{fewer if is_fewer else ''}"


def _below_cpus(numbers: Numbers) -> str:
    """Held against its CPUs; at so low a share memory may yet bind what moves more than the least
    traffic, by which the share is counted.
    """
    return (
        f"That is {percent(numbers['of_cpus'])} of what {_cpus(numbers)} ({_evidence(numbers)}):"
        f" one thread reaches only {percent(numbers['one_thread'])} of {numbers['ceiling']}, so the"
        f" core bounds it, or {_source(numbers)} does if it moves more than the least traffic;"
        " neither was measured."
    )


def _does_not_scale(numbers: Numbers) -> str:
    return f"The code does not scale ({_evidence(numbers)}){_cause(numbers)}."


def _cause(numbers: Numbers) -> str:
    """What was measured beside it."""
    cause = numbers["cause"]
    if cause == "waiting":
        return f"; its threads were on a CPU for {percent(numbers['cpu_share'])} of the time"
    if cause == "small":
        return f"; n is small, a larger one gains {bare(numbers['larger'])}"
    if cause == "keys":
        code = format_number(plain_value(numbers["other_code"]))
        return f"; {numbers['other']} has code {code}, as if the input made the difference"
    return ""


def _cannot_tell(numbers: Numbers) -> str:
    """Of a ceiling whether it gains, which has no code factor; of other codes by that factor."""
    if "code" not in numbers:
        return (
            f"Whether threads bring more than they cost cannot be told: {what_would_tell(numbers)}."
        )
    start = f"Whether the code makes the most of what {_gives(numbers)} ({_evidence(numbers)})"
    return f"{start} cannot be told: {what_would_tell(numbers)}."


def _steady(numbers: Numbers) -> str:
    low, high = plain_value(numbers["low"]), plain_value(numbers["high"])
    alike = f", and that of {numbers['other']} with it" if "other" in numbers else ""
    return (
        f"The time of {numbers['variant']} differed by {100 * (high / low - 1):.0f} % between"
        f" processes ({format_time(low)} to {format_time(high)}){alike}: the machine drifted, the"
        " speedup did not."
    )


def _disagreeing(numbers: Numbers) -> str:
    low, high = (format_time(plain_value(numbers[end])) for end in ("low", "high"))
    return f"Its processes disagree: {numbers['variant']} took {low} to {high}."


def _as_other(numbers: Numbers) -> str:
    """The suite's fastest code, if it is not the one that the paragraph is on."""
    return f" as {short_name(str(numbers['other']))}" if "other" in numbers else ""


def _threads(numbers: Numbers) -> str:
    count = int(plain_value(numbers["threads"]))
    return "one thread" if count == 1 else quantity(count, "thread")


SENTENCES: Final[dict[str, Callable[[Numbers], str]]] = {
    "too_small": _too_small,
    "no_gain": lambda _: "At this size threads cost more than they bring.",
    "small": lambda n: f"n is small: a larger one gains {bare(n['larger'])}.",
    "is_arithmetic": _is_arithmetic,
    "is_memory": _is_memory,
    "machine_limit": lambda n: f"That is about all that {_gives(n)} ({_evidence(n)}).",
    "makes_the_most": lambda n: f"The code makes the most of what {_gives(n)} ({_evidence(n)}).",
    "core_bound": _core_bound,
    "below_cpus": _below_cpus,
    "below_machine": lambda n: (
        f"That is {percent(n['code'])} of what {_gives(n)} ({_ceiling_gains(n)})."
    ),
    "exceeds_machine": _exceeds,
    "does_not_scale": _does_not_scale,
    "cannot_tell": _cannot_tell,
    "alternative": lambda n: f"{n['variant']} gains {times(n['speedup'])}.",
    "weak_baseline": lambda n: (
        f"The baseline is weak: {short_name(str(n['case']))} is {times(n['ahead'])} as fast."
    ),
    "host_library_ahead": lambda n: (
        f"{n['library']} on {_threads(n)} is {times(n['ahead'])} as fast{_as_other(n)}."
    ),
    "steady_speedup": _steady,
    "disagreeing": _disagreeing,
}

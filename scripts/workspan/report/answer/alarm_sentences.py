# SPDX-License-Identifier: Apache-2.0
"""The alarms of a run in sentences: what is wrong, with which cases, and what to do."""

from collections.abc import Callable, Sequence
from typing import Final

from workspan.analysis.verdicts.alarm import Alarm
from workspan.analysis.verdicts.alarms import MOST
from workspan.analysis.verdicts.finding import Number
from workspan.report.cells import short
from workspan.report.marked_numbers import bare, percent
from workspan.report.run_columns import short_name
from workspan.support.text import name_list, of_cpus, quantity
from workspan.support.units import format_time

NAMED: Final = 3  # cases of an alarm
ENDINGS: Final = {"failed": "failed", "timeout": "timed out", "crashed": "crashed"}


def sentences(found: Sequence[Alarm]) -> list[str]:
    """One of each alarm, at most MOST, then how many more there are."""
    texts = [sentence(alarm) for alarm in found[:MOST]]
    more = len(found) - MOST
    return [*texts, f"{quantity(more, 'further alarm')}."] if more > 0 else texts


def sentence(alarm: Alarm) -> str:
    """An alarm with the names of its worst cases."""
    text, names = SENTENCES[alarm.code](alarm), [name for name in alarm.cases if name]
    return f"{text} {name_list(names, NAMED)}." if names else text


def _count(alarm: Alarm, one: str, several: str) -> str:
    count = len(alarm.cases)
    return f"{quantity(count, 'case')} {one if count == 1 else several}"


def _worst(alarm: Alarm, number: str, show: Callable[[Number], str] = bare) -> str:
    """6.98x; of several cases: at worst 6.98x."""
    return ("at worst " if len(alarm.cases) > 1 else "") + show(alarm.numbers[number])


def _threads(alarm: Alarm) -> str:
    return quantity(int(str(alarm.numbers["threads"])), "thread")


def _disagreeing(alarm: Alarm) -> str:
    low, high = (format_time(float(str(alarm.numbers[end]))) for end in ("low", "high"))
    differ = "differs" if len(alarm.cases) == 1 else "differ"
    return (
        f"{len(alarm.cases)} of {quantity(alarm.of, 'case')} {differ} between processes by a factor"
        f" of 1.5 or more, at worst {low} to {high}: look for the disturbance with workspan doctor"
        " and measure again."
    )


def _ceilings_differ(alarm: Alarm) -> str:
    n = alarm.numbers
    return (
        f"Ceilings of one unit gain differently, {n['first']} {bare(n['low'])} and {n['second']}"
        f" {bare(n['high'])}: what the machine gave is known no better; measure more processes."
    )


def _failed(alarm: Alarm) -> str:
    """Why the first one did."""
    count, reason = len(alarm.cases), short(str(alarm.numbers["reason"])).rstrip(".")
    how = ENDINGS[str(alarm.numbers["status"])] if count == 1 else "failed, timed out or crashed"
    which = "" if count == 1 else ", the first"
    return f"{quantity(count, 'case')} {how}{which}: {reason or 'without a reason'}."


def _low_ceiling(alarm: Alarm) -> str:
    """Of several such ceilings the one that is exceeded most."""
    n = alarm.numbers
    where = quantity(int(str(n["threads"])), "CPU") if n["scope"] == "host" else "the GPU"
    return (
        f"{quantity(len(alarm.cases), 'workload')} exceed their ceiling, at worst"
        f" {percent(n['share'])} of {n['ceiling']} on {where}: it was measured too low, so shares"
        " of it are too high; measure more processes."
    )


def _few_threads(alarm: Alarm) -> str:
    threads, cpus = (int(str(alarm.numbers[name])) for name in ("threads", "cpus"))
    worst = " at worst" if len(alarm.cases) > 1 else ""
    return (
        f"The host's code of {quantity(len(alarm.cases), 'workload')} was not measured on all"
        f" CPUs,{worst} on {of_cpus(threads, cpus)}: there the GPU is not compared with this"
        " machine; measure the host with workspan run --threads 1,all."
    )


def _disturbed(alarm: Alarm) -> str:
    numbers, said = alarm.numbers, []
    if loud := int(str(numbers["disturbed"])):
        of = quantity(int(str(numbers["processes"])), "process")
        said.append(f"{loud} of {of} {'was' if loud == 1 else 'were'} disturbed")
    if "clean" in numbers:
        said.append(f"{percent(numbers['clean'])} of the judged samples were clean")
    return (
        f"{', and '.join(said)}: workspan doctor tells what disturbs this machine; measure again"
        " when it is idle."
    )


SENTENCES: Final[dict[str, Callable[[Alarm], str]]] = {
    "failed": _failed,
    "incomplete": lambda _: (
        "The run was cut off before all was measured: workspan run --resume continues it."
    ),
    "implausible": lambda a: (
        _count(a, "is", "are")
        + " faster than any ceiling allows: do not quote the time before its cost and clock are"
        " checked."
    ),
    "above_ceiling": lambda a: (
        _count(a, "is above its ceiling", "are above their ceilings")
        + f", at {_worst(a, 'share', percent).removeprefix('at ')}: read the share as full,"
        " or measure the ceiling at this size."
    ),
    "low_ceiling": _low_ceiling,
    "few_threads": _few_threads,
    "disturbed": _disturbed,
    "one_process": lambda _: (
        "All times are of one process, so no interval knows how processes"
        " differ: workspan run measures several."
    ),
    "disagreeing": _disagreeing,
    "weak_baseline": lambda a: (
        _count(a, "of seq is", "of seq are")
        + f" behind another code on one thread, {_worst(a, 'ahead')} behind"
        f" {short_name(str(a.numbers['other']))}: vs seq flatters by that factor."
    ),
    "weak_parallel": lambda a: (
        _count(a, "of omp is", "of omp are")
        + f" behind another code of the host, {_worst(a, 'ahead')} behind"
        f" {short_name(str(a.numbers['other']))}: compare with the faster one."
    ),
    "few_samples": lambda a: (
        f"{len(a.cases)} of {quantity(a.of, 'case')} {'has' if len(a.cases) == 1 else 'have'} no"
        " interval: give more time with workspan run --time-budget."
    ),
    "partial": lambda a: (
        _count(a, "leaves", "leave")
        + f" processes out, {'at worst ' if len(a.cases) > 1 else ''}{a.numbers['counted']} of"
        f" {a.numbers['of']} count: in the others the code was too slow for the preset, or they"
        " ended before."
    ),
    "starved": lambda a: (
        _count(a, "lacked its CPUs", "lacked their CPUs")
        + f", on them for {percent(a.numbers['cpu_share'])} of the time at worst: stop other work,"
        " or choose CPUs with workspan run --cpus."
    ),
    "slower_with_all": lambda a: (
        _count(a, "is", "are")
        + f" slower on all CPUs than on one, {_worst(a, 'slower')}: use one thread at"
        " these sizes."
    ),
    "ceilings_differ": _ceilings_differ,
    "superlinear": lambda a: (
        _count(a, "gains", "gain") + f" more than the machine, first at {_threads(a)}: the"
        " working set of a thread may fit a cache; vary n."
    ),
    "flat": lambda a: (
        _count(a, "does", "do") + f" not rise beyond {_threads(a)}, though the machine"
        " gives more: use no more threads than that."
    ),
    "library_ahead": lambda a: (
        _count(a, "is", "are") + f" behind a library, {_worst(a, 'ahead')} behind"
        f" {short_name(str(a.numbers['other']))}: the suite's code leaves that much."
    ),
    "launch": lambda a: (
        f"{quantity(len(a.cases), 'kernel')} took at most twice as long as the shortest one, which"
        " is a launch: judge larger sizes."
    ),
}

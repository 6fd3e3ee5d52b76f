# SPDX-License-Identifier: Apache-2.0
"""All that a run says, judged once: what `workspan analyze` shows."""

from dataclasses import dataclass

from workspan.analysis.laws.break_even import BreakEven, break_evens
from workspan.analysis.laws.roofline import Roofline, rooflines
from workspan.analysis.laws.scaling import Scaling, scalings
from workspan.analysis.laws.task_graphs import TaskGraph, task_graphs
from workspan.analysis.laws.weak_scaling import WeakScaling, weak_scalings
from workspan.analysis.ratios.judge import judge
from workspan.analysis.ratios.transfers import Link, links
from workspan.analysis.verdicts.alarm import Alarm
from workspan.analysis.verdicts.alarms import alarms
from workspan.analysis.verdicts.headline import Headline, headline
from workspan.analysis.verdicts.verdicts import Verdict, verdicts
from workspan.resultfile.model import ResultFile


@dataclass(frozen=True)
class Conclusions:
    """Of one run, each in the order in which it is shown."""

    headline: Headline
    alarms: tuple[Alarm, ...]
    break_evens: tuple[BreakEven, ...]
    verdicts: tuple[Verdict, ...]
    scalings: tuple[Scaling, ...]
    weak_scalings: tuple[WeakScaling, ...]
    task_graphs: tuple[TaskGraph, ...]
    rooflines: tuple[Roofline, ...]
    links: tuple[Link, ...]


def conclude(file: ResultFile, *, sizes: int | None = None) -> Conclusions:
    """Of a file, without its workloads about concurrency. sizes: of verdicts()."""
    judged = judge(file)
    curves = scalings(file, judged)
    return Conclusions(
        headline(file),
        alarms(file, judged, curves),
        break_evens(file, judged),
        verdicts(file, judged, sizes=sizes),
        curves,
        weak_scalings(file),
        task_graphs(file, judged),
        rooflines(file),
        links(file),
    )

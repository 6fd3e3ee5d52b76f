# SPDX-License-Identifier: Apache-2.0
"""The answer of a run without one: neither ceilings on one CPU and on all, nor a speedup, nor a GPU
beside the host was measured.
"""

from typing import Final

from workspan.analysis.ratios.places import Place, main_shares, run_codes
from workspan.analysis.verdicts.limits import SATURATED
from workspan.report.marked_numbers import percent
from workspan.resultfile.model import ResultFile
from workspan.support.text import quantity

NOTHING: Final = "Nothing was measured that tells how parallel it is."


def reached(file: ResultFile) -> str:
    """What its codes reach of their ceilings, as the figure `why` shows it; empty if no ceiling was
    measured beside them.
    """
    found = main_shares(run_codes(file))
    if not found:
        return ""
    place, _ = max(found.values(), key=lambda one: one[1].value)
    who = {
        Place.TEAM: f"{quantity(file.workspan.run.all_threads, 'CPU')} reach",
        Place.GPU: "The GPU reaches",
        Place.ONE: "One CPU reaches",
    }[place]
    least, (_, share) = min(found.items(), key=lambda one: one[1][1].value)
    of_least = percent(share)
    if len(found) == 1:
        return f"{who} {of_least} of the ceiling in {least}."
    saturated = sum(one.value >= SATURATED for _, one in found.values())
    of = quantity(len(found), "workload")
    return (
        f"{who} {percent(SATURATED)} of the ceiling in {saturated} of {of}; in {least} {of_least}."
    )

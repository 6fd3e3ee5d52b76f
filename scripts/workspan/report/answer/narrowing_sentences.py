# SPDX-License-Identifier: Apache-2.0
"""Why a bracket of the break-even stays wide after `workspan run --break-even`."""

from workspan.analysis.laws.narrowing import WideBracket
from workspan.report.answer.analysis_report import WORTH_IT
from workspan.report.cells import power
from workspan.resultfile.names import problem_name


def sentence(found: WideBracket) -> str:
    """The bracket and the reason, without a full stop: the line of a warning."""
    name = problem_name(found.of.workload, found.of.keys.values())
    low, high = (power(n) for n in found.ends)
    transfers = WORTH_IT[found.of.transfers]
    return f"break-even of {name}, {transfers}: stays between {low} and {high}: {_reason(found)}"


def _reason(found: WideBracket) -> str:
    if found.refused:
        return f"{found.refused.name}: {found.refused.reason}"
    if found.untold:
        return "the sizes between do not tell which is faster; more invocations may"
    return "no size between could be measured"

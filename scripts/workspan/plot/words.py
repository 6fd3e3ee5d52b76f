# SPDX-License-Identifier: Apache-2.0
"""Words that the figures share: factors, sizes, and what was measured where."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from workspan.analysis.verdicts.run_disturbance import disturbance
from workspan.plot.style import drawable
from workspan.resultfile.model import FAILURES, ResultFile
from workspan.stats.ratios import Estimate
from workspan.support.text import name_list, quantity
from workspan.support.units import two_digits

SUPERSCRIPTS: Final = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
BY_VALUE: Final = "?"  # behind what is said by value, as in prose
BY_VALUE_NOTE: Final = f"{BY_VALUE} by value: no interval"
MOST_NAMED: Final = 6  # workloads with a case that failed
LONGEST: Final = 60  # characters of a name from a file


def factor(value: float) -> str:
    """0.05x, 1.4x, 14x, 574x: two digits, from 100 on whole numbers."""
    if not 0.001 <= value < 99_999.5:
        return f"{value:.1e}x"
    return f"{two_digits(value)}x"


def factor_of(found: Estimate) -> str:
    """1.4x, and 1.4x? without an interval."""
    return factor(found.value) + mark_of(found)


def mark_of(found: Estimate) -> str:
    """Behind a number that cannot be hollow."""
    return BY_VALUE if found.by_value else ""


def factor_tick(value: float) -> str:
    """0.1x, 1x, 1.05x, 10x: a round number."""
    return f"{value:g}x"


def number_tick(value: float) -> str:
    """0.1, 1, 1000, and 10⁴ from there on."""
    if 0.01 <= value < 10_000:
        return f"{value:g}"
    digits, exponent = f"{value:e}".split("e")
    power = "10" + str(int(exponent)).translate(SUPERSCRIPTS)
    return power if float(digits) == 1 else f"{float(digits):g}·{power}"


def extremes(values: Mapping[str, float]) -> str:
    """4.9x (stencil3d) to 14x (gemm); needs a value. An end that others share, in the digits shown,
    has no name: it would be a rank that nothing tells.
    """
    shown = {name: factor(value) for name, value in values.items()}
    named = {text: name for name, text in shown.items()}
    numbers = Counter(shown.values())
    ends = dict.fromkeys(factor(of(values.values())) for of in (min, max))
    return " to ".join(f"{end} ({named[end]})" if numbers[end] == 1 else end for end in ends)


def percent(share: float) -> str:
    """3 %, 0.4 %, 102 %."""
    value = 100 * share
    return f"{value:.0f} %" if value >= 9.95 else f"{value:.2g} %"


def size(n: int) -> str:
    """2²⁸ for a power of two from 1024 on."""
    if n >= 1024 and n & (n - 1) == 0:
        return "2" + str(n.bit_length() - 1).translate(SUPERSCRIPTS)
    return str(n)


def clean(text: str) -> str:
    """A text of a file in letters that the font has, cut to a length that fits a line."""
    shown = drawable(text[: LONGEST + 1])
    return shown if len(shown) <= LONGEST else shown[: LONGEST - 3] + "..."


def machine(file: ResultFile) -> str:
    """NVIDIA H100 and 16 CPUs of an Intel Xeon."""
    ours = file.workspan
    cpus = f"{quantity(ours.run.all_threads, 'CPU')} of {clean(ours.machine.cpu.model)}"
    gpus = ours.machine.cuda.gpus
    used = any(case.scope != "host" and case.time for case in ours.cases)
    return f"{clean(gpus[0].name)} and {cpus}" if gpus and used else cpus


def of_machine(title: str, files: Iterable[ResultFile]) -> str:
    """The finding of a figure; of a run that others disturbed it begins with that."""
    return f"Disturbed run: {title}" if any(map(disturbance, files)) else title


def failures(file: ResultFile) -> str:
    """20 cases failed: gemm, fft; empty if none did."""
    failed = [case.workload for case in file.workspan.cases if case.status in FAILURES]
    named = name_list([*dict.fromkeys(failed)], MOST_NAMED)
    return f"{quantity(len(failed), 'case')} failed: {named}" if failed else ""


def about(file: ResultFile) -> str:
    """Machine, preset and processes of a run, and whether all results were right."""
    run = file.workspan.run
    preset = f"preset {run.preset}, " if run.preset else ""
    within = ", intervals within it" if run.invocations <= 1 else " a workload"
    cut = "" if run.complete else "; interrupted"
    processes = quantity(max(1, run.invocations), "process")
    verified = failures(file) or "every result verified"
    return f"{machine(file)}; {preset}{processes}{within}; {verified}{cut}"

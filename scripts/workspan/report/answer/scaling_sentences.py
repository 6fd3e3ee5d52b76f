# SPDX-License-Identifier: Apache-2.0
"""The laws of scaling in sentences, and why a curve has none."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from workspan.analysis.laws.scaling import FEWEST_COUNTS, Law, Refusal, Scaling
from workspan.report.cells import power
from workspan.stats.ratios import FEWEST_PROCESSES, Estimate
from workspan.support.text import quantity
from workspan.support.units import format_number

REFUSALS: Final[dict[Refusal, str]] = {
    "few_cpus": f"fewer than {FEWEST_COUNTS} CPUs were usable, too few for a law, which needs as"
    " many numbers of threads",
    "few_counts": f"fewer than {FEWEST_COUNTS} numbers of threads tell no law; measure more of them"
    " with workspan run --threads 1,2,3,4,all",
    "few_processes": f"fewer than {FEWEST_PROCESSES} processes do not tell how well a law fits",
    "no_ceiling": "nothing was measured that tells what the machine gave on these threads",
    "is_ceiling": "a ceiling is itself the measure of what the machine gives",
    "superlinear": "it gains more than the machine, first at {kink}; the working set of a thread"
    " may fit a cache",
    "no_fraction": "threads slow a code down by more than a law explains, whose serial part and"
    " coherency are at most 1",
    "neither_law": "neither law holds, since its time breaks at {kink}",
}


def sentences(found: Iterable[Scaling]) -> list[str]:
    """Of each law and of each curve that breaks; one for all curves of any other refusal."""
    texts, refused = [], defaultdict[Refusal, list[str]](list)
    for scaling in found:
        if scaling.refusal and scaling.kink is None:
            refused[scaling.refusal].append(scaling.workload)
        else:
            texts.append(sentence(scaling))
    return [*texts, *no_laws(refused)]


def no_laws(refused: Mapping[Refusal, Sequence[str]]) -> list[str]:
    """One sentence for all curves, by name, of each refusal without a kink."""
    return [
        f"No law is fitted to {quantity(len(names), 'curve')}: {REFUSALS[refusal]}"
        f" ({', '.join(dict.fromkeys(names))})."
        for refusal, names in refused.items()
    ]


def reason(refusal: Refusal, kink: int | None) -> str:
    """Why one curve has no law."""
    return REFUSALS[refusal].format(kink=quantity(kink or 1, "thread"))


def sentence(scaling: Scaling) -> str:
    """The law of one curve, or why there is none."""
    name = ", ".join(
        [
            f"{scaling.workload} {scaling.variant}",
            f"n = {power(scaling.n)}",
            *scaling.keys.values(),
        ]
    )
    if scaling.law:
        return f"{name}: {law(scaling.law)}."
    if scaling.refusal is None:
        return f"{name}."
    return f"{name}: {reason(scaling.refusal, scaling.kink)}."


def law(found: Law) -> str:
    """Its parameters with their intervals."""
    if found.has_no_serial_part and found.serial.interval:
        most = found.serial.interval[1]
        serial = "no serial part seen" + (f" (below {100 * most:.2g} %)" if most > 0 else "")
    else:
        serial = f"serial part {_percent(found.serial)}"
    if found.coherency is None:
        return f"Amdahl's law over effective cores, {serial}"
    text = f"universal scalability law, {serial}, coherency {_number(found.coherency, '.2g')}"
    return f"{text}, {_peak(found.peak)}" if found.peak else text


def _peak(peak: Estimate) -> str:
    ends = _ends([format_number(end) for end in peak.interval or ()])
    return f"slower again beyond {format_number(peak.value)}{ends} effective cores"


def _percent(found: Estimate) -> str:
    ends = _ends([f"{100 * end:.2g}" for end in found.interval or ()])
    return f"{100 * found.value:.2g} %{ends}"


def _number(found: Estimate, form: str) -> str:
    return f"{found.value:{form}}" + _ends([f"{end:{form}}" for end in found.interval or ()])


def _ends(ends: Sequence[str]) -> str:
    return f" [{', '.join(ends)}]" if ends else ""

# SPDX-License-Identifier: Apache-2.0
"""A finding: a statement about a problem by its code, with its numbers, and the problem itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from workspan.analysis.laws.break_even import BreakEven, Transfers
from workspan.analysis.laws.roofline import Roofline
from workspan.analysis.ratios.judge import Judgement, Judgements
from workspan.analysis.verdicts.limits import Cpus
from workspan.analysis.verdicts.other_problems import OtherProblems
from workspan.resultfile.model import Case
from workspan.stats.needed import processes_needed
from workspan.stats.ratios import FEWEST_PROCESSES, Estimate

Number = Estimate | float | int | str  # str: the name of a case, a workload or a variant


@dataclass(frozen=True)
class Finding:
    """A statement by its code, with its numbers by name: times in seconds, rates per second, ratios
    and shares without a unit.
    """

    code: str
    numbers: Mapping[str, Number] = field(default_factory=dict)


def would_tell(found: Estimate, border: float) -> dict[str, Number]:
    """How many processes would tell the side of a border: `processes`; of fewer than an interval
    over processes takes, that number as `fewest`. Empty if no reasonable number would.
    """
    if found.processes < FEWEST_PROCESSES:
        return {"fewest": FEWEST_PROCESSES}
    needed = processes_needed(found, border)
    return {"processes": needed} if needed else {}


@dataclass(frozen=True)
class MachineGains:
    """The gains of the ceilings from all CPUs, by workload, at their largest size."""

    cpus: int
    by_workload: Mapping[str, float]
    cores: int | None  # as which the CPUs work, if arithmetic and memory gain alike
    arithmetic: float | None = None  # of all ceilings in flops, as the headline has it

    @property
    def of_cpus(self) -> Cpus:
        """What a code can gain that its cores bound."""
        return Cpus(self.cpus, self.arithmetic)


@dataclass(frozen=True)
class Device:
    """What all kernels of a run have in common. shortest: the least time of any, in seconds."""

    shortest: float
    break_evens: Mapping[tuple[object, ...], BreakEven]  # by workload, keys and transfers


@dataclass(frozen=True)
class Problem:
    """One workload, size and keys: its timed cases, and what its run says of them."""

    cases: tuple[Case, ...]
    judged: Judgements
    gains: MachineGains
    device: Device
    rooflines: Mapping[tuple[str, int], Roofline]  # by scope and threads
    others: OtherProblems

    def of(self, case: Case) -> Judgement:
        """The judgement on one of its cases."""
        return self.judged[case.name]

    @property
    def largest_gain(self) -> float:
        """Of the same workload and keys at a larger size; 0: there is none."""
        return self.others.largest_gain(self.cases[0])

    @property
    def other_keys(self) -> Mapping[str, float]:
        """Code of the same team with other keys, by the name of its case."""
        return self.others.codes_of_other_keys(self.cases[0])

    def allowed(self, case: Case) -> dict[str, Number]:
        """The share of a compute ceiling that the bytes of a case allow: `allowed`, of which level,
        and at which intensity; empty if all of it.
        """
        roofline = self.rooflines.get((case.scope, case.threads))
        found = roofline.allows(case) if roofline else None
        if found is None:
            return {}
        return {"allowed": found.share, "intensity": found.intensity, "level": found.level}

    def break_even(self, transfers: Transfers) -> BreakEven | None:
        """That of its workload and keys."""
        case = self.cases[0]
        return self.device.break_evens.get(
            (case.workload, tuple(sorted(case.keys.items())), transfers)
        )

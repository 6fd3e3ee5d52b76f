# SPDX-License-Identifier: Apache-2.0
"""The answer of a run in a few numbers: what its CPUs and its GPU gave, and a line a workload."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from workspan.analysis.ratios.ceilings import CaseIndex, fastest, host_threads
from workspan.analysis.ratios.gains import first_of
from workspan.analysis.ratios.judge import Judgement, Judgements, indexes_of, judge
from workspan.analysis.ratios.machine_gains import MachineGain, machine_gain
from workspan.analysis.ratios.model_cases import is_about_concurrency
from workspan.analysis.verdicts.host_findings import costs_more, fastest_team
from workspan.analysis.verdicts.limits import Cpus, core_bound, is_held_back
from workspan.analysis.verdicts.run_disturbance import Disturbance, disturbance
from workspan.resultfile.machine_model import CpuPair
from workspan.resultfile.model import Case, ResultFile
from workspan.resultfile.names import BASELINE, PAGEABLE
from workspan.stats.ratios import (
    Estimate,
)
from workspan.support.remembered import remembered

ALIKE: Final = 1.15  # factor within which arithmetic and memory gain alike from all CPUs


@dataclass(frozen=True)
class Wins:
    """How many of the workloads are told to be faster than the best host code.

    by_value: those of the won ones whose ratio has no interval.
    """

    won: int
    of: int
    by_value: int = 0


@dataclass(frozen=True)
class WorkloadAnswer:
    """A workload at its largest measured size. host: the fastest code of the host.

    kernel, transfers: the suite's fastest kernel, and that with pageable transfers; None: not
    measured. better: the name of the code that makes seq a weak baseline, or empty; ahead: how many
    times as fast it is. team: the suite's fastest code on several threads, which the findings are
    on. host_threads: the most on which code of the host was measured. of_seq: of the baseline.
    """

    host: Case
    of_host: Judgement
    better: str
    ahead: Estimate | None
    kernel: Case | None
    of_kernel: Judgement
    transfers: Case | None
    of_transfers: Judgement
    team: Case | None
    of_team: Judgement
    host_threads: int
    of_seq: Judgement = field(default_factory=Judgement)

    @property
    def is_on_gpu(self) -> bool:
        """Whether a GPU is compared with the host."""
        return bool(self.of_kernel.vs_best_host or self.of_transfers.vs_best_host)

    @property
    def gaining(self) -> Case:
        """The code whose gain counts: the fastest of the host, but the team if that has one thread,
        whose gain would be none of the CPUs.
        """
        return self.team if self.team and self.host.threads == 1 else self.host

    @property
    def name_of_gain(self) -> str:
        """fft, or gemm by openblas, if it is not the suite's code that gains."""
        library = "" if self.gaining.ours else f" by {self.gaining.variant}"
        return f"{self.host.workload}{library}"

    @property
    def gain(self) -> Estimate | None:
        """What it gains over seq; None: nothing was measured beside seq."""
        found = (self.of_host if self.gaining is self.host else self.of_team).vs_seq
        return found if found and not found.exact else None


@dataclass(frozen=True)
class Opponent:
    """The code of the host that the GPU's wins are against: threads is the most, up to all `cpus`,
    on which it was measured. fewer: the workloads measured on fewer, which no win counts.
    """

    threads: int = 0
    cpus: int = 0
    fewer: tuple[str, ...] = ()

    @property
    def is_part(self) -> bool:
        """Whether it never had all CPUs, so that the GPU was not compared with this machine."""
        return self.threads < self.cpus


class Extremes(NamedTuple):
    """The ends of the range of gains, by value: no rank, which the intervals may not tell."""

    most: WorkloadAnswer
    least: WorkloadAnswer


@dataclass(frozen=True)
class Headline:
    """What `cpus` CPUs gave over one, for arithmetic and for memory, and how often the GPU won, and
    against whom.

    arithmetic, memory: the gain of the ceilings in flops, and of those in bytes and in memory, as
    machine_gain() has it.
    pairs: CPUs that computed at once, of which core_pairs.py tells whether they are one core.
    disturbance: if the run is not of its machine alone.
    """

    cpus: int
    arithmetic: MachineGain | None
    memory: MachineGain | None
    kernels: Wins
    transfers: Wins
    workloads: tuple[WorkloadAnswer, ...]
    opponent: Opponent = Opponent()
    pairs: tuple[CpuPair, ...] = ()
    disturbance: Disturbance | None = None

    @property
    def cores(self) -> float | None:
        """The cores whose work all CPUs do, if arithmetic and memory gain alike."""
        if not (self.arithmetic and self.memory):
            return None
        gains = sorted((self.arithmetic.value, self.memory.value))
        return math.sqrt(gains[0] * gains[1]) if gains[1] <= ALIKE * gains[0] else None

    @property
    def counted(self) -> list[WorkloadAnswer]:
        """The workloads in which a GPU is compared with the opponent."""
        return _against(self.workloads, self.opponent)

    @property
    def winners(self) -> list[WorkloadAnswer]:
        """The workloads that the GPU wins with pageable transfers, the clearest first."""
        won = [a for a in self.counted if _is_won(a.of_transfers.vs_best_host)]
        return sorted(won, key=lambda a: -_gain(a.of_transfers.vs_best_host))

    @property
    def by_gain(self) -> list[WorkloadAnswer]:
        """The workloads with a code that is compared with seq, the most first."""
        return sorted((a for a in self.workloads if a.gain), key=lambda a: -_gain(a.gain))

    @property
    def by_gain_of_threads(self) -> list[WorkloadAnswer]:
        """Those whose code has several threads, the most first."""
        return [a for a in self.by_gain if a.gaining.threads > 1]

    @property
    def extremes(self) -> Extremes | None:
        """Of the gains of codes on several threads; of one workload it is both."""
        gains = self.by_gain_of_threads
        return Extremes(gains[0], gains[-1]) if gains else None

    @property
    def gainless(self) -> list[WorkloadAnswer]:
        """The workloads in which one thread is faster than several, the worst first."""
        slower = [a for a in self.by_gain if a.gaining is not a.host]
        return [a for a in reversed(slower) if a.gain and costs_more(a.gain)]

    @property
    def held_back(self) -> list[WorkloadAnswer]:
        """The workloads whose team gains less than the machine gives, the least first: as the
        findings say, which judge no ceiling by another one.
        """
        known = [a for a in self.workloads if not a.host.is_ceiling and self._is_behind(a)]
        return sorted(known, key=lambda a: _gain(a.of_team.code))

    def _is_behind(self, a: WorkloadAnswer) -> bool:
        if a.team is None or a.of_team.code is None:
            return False
        cpus = Cpus(self.cpus, self.arithmetic.value if self.arithmetic else None)
        return is_held_back(a.of_team.code, core_bound(a.team, a.of_team, a.of_seq, cpus))


def _gain(found: Estimate | None) -> float:
    return found.value if found else 0.0


def _is_won(ratio: Estimate | None) -> bool:
    """Whether T of the host / T is above 1, with its whole interval if it has one."""
    return ratio is not None and (ratio.interval or (ratio.value,))[0] > 1


@remembered
def headline(file: ResultFile) -> Headline:
    """The answer of a file, without its workloads about concurrency."""
    cases = [c for c in file.workspan.cases if not is_about_concurrency(c)]
    answers = tuple(_answers(cases, judge(file), indexes_of(file).cases))
    opponent = _opponent(answers, file.workspan.run.all_threads)
    counted = _against(answers, opponent)
    return Headline(
        cpus=file.workspan.run.all_threads,
        arithmetic=machine_gain(file, "flops"),
        memory=machine_gain(file, "bytes"),
        kernels=_wins(a.of_kernel for a in counted),
        transfers=_wins(a.of_transfers for a in counted),
        workloads=answers,
        opponent=opponent,
        pairs=tuple(file.workspan.machine.cpu.pairs),
        disturbance=disturbance(file),
    )


def _opponent(answers: Sequence[WorkloadAnswer], cpus: int) -> Opponent:
    on_gpu = [a for a in answers if a.is_on_gpu]
    if not on_gpu:
        return Opponent()
    threads = min(cpus, max(a.host_threads for a in on_gpu))
    fewer = tuple(a.host.workload for a in on_gpu if a.host_threads < threads)
    return Opponent(threads, cpus, fewer)


def _against(answers: Iterable[WorkloadAnswer], opponent: Opponent) -> list[WorkloadAnswer]:
    return [a for a in answers if a.is_on_gpu and a.host_threads >= opponent.threads]


def _wins(judgements: Iterable[Judgement]) -> Wins:
    found = [j.vs_best_host for j in judgements if j.vs_best_host]
    won = [ratio for ratio in found if _is_won(ratio)]
    return Wins(len(won), len(found), sum(ratio.by_value for ratio in won))


def _answers(
    cases: Sequence[Case], judgements: Judgements, index: CaseIndex
) -> Iterator[WorkloadAnswer]:
    largest: dict[str, Case] = {}
    for case in cases:
        if case.time and case.scope == "host":
            known = largest.setdefault(case.workload, case)
            if case.n > known.n:
                largest[case.workload] = case
    for of_size in largest.values():
        same = index.same_problem(of_size)
        host = fastest(c for c in same if c.scope == "host")
        kernel = fastest(c for c in same if c.scope == "kernel" and c.ours)
        transfers = fastest(c for c in same if c.variant == PAGEABLE)
        team = fastest_team(same, judgements)
        seq = first_of(same, BASELINE)
        better = _better_than_seq(same, judgements)
        if host:
            yield WorkloadAnswer(
                host,
                judgements[host.name],
                better,
                judgements[better].vs_seq if better else None,
                kernel,
                judgements[kernel.name] if kernel else Judgement(),
                transfers,
                judgements[transfers.name] if transfers else Judgement(),
                team,
                judgements[team.name] if team else Judgement(),
                host_threads(same),
                judgements[seq.name] if seq else Judgement(),
            )


def _better_than_seq(same: Iterable[Case], judgements: Judgements) -> str:
    warnings = (w for c in same for w in judgements[c.name].warnings)
    return next((w.detail for w in warnings if w.code == "weak_baseline"), "")

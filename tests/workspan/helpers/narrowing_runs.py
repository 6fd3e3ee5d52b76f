# SPDX-License-Identifier: Apache-2.0
"""Made-up runs with --break-even: reduce on host and GPU, whose ratio is a function of the size."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from block_files import in_blocks, process
from sample_results import record, without_times
from sample_runs import manifest

from workspan.resultfile.model import Case, InvocationRecord, Journal, Status
from workspan.running.manifest import Manifest, Options
from workspan.running.narrowing import Narrowing
from workspan.running.rounds import Round
from workspan.running.schedule import Step, next_step

SCOPES = {"cuda": "kernel", "cuda_e2e": "e2e"}
VARIANTS = {"seq": 1, "omp": 2, "omp_plain": 2, "cuda": 1, "cuda_e2e": 1}  # and their threads
BLOCKS = range(1, 9)


def rising_to(crossing: float) -> Callable[[int], float]:
    """T of the host over T on the GPU, 1 at this size."""
    return lambda n: float((n / crossing) ** 0.5)


@dataclass
class MadeUpMachine:
    """ratio: of the kernel; with transfers it is divided by `transfers`. Sizes: refused ones do not
    fit into memory, with the last input; at crashes every process dies before its first case; at
    slow ones the codes of the host are skipped when they are to be measured.
    """

    ratio: Callable[[int], float]
    transfers: float = 1e9
    sizes: Sequence[int] = (2**10, 2**18)
    refused: Collection[int] = ()
    crashes: Collection[int] = ()
    slow: Collection[int] = ()
    inputs: Sequence[str] = ("",)
    asked: list[Options] = field(default_factory=list)

    def manifest(self, **options: Any) -> Manifest:
        """Of a run of the preset."""
        of = manifest(options=Options(**({"invocations": 3, "break_even": True} | options)))
        ours = msgspec.structs.replace(of.plan.workspan, cases=self._planned(self.sizes))
        plan = msgspec.structs.replace(of.plan, workspan=ours)
        return msgspec.structs.replace(of, plan=plan, workloads=["reduce"])

    def ask(self, options: Options) -> list[Case]:
        """Its plan for some sizes."""
        self.asked.append(options)
        return self._planned([int(n) for n in options.sizes])

    def _planned(self, sizes: Sequence[int]) -> list[Case]:
        return [
            msgspec.convert(
                without_times(
                    _name(variant, n, key),
                    *(("skipped", "no memory") if self._is_refused(n, key) else ("planned", "")),
                    scope=SCOPES.get(variant, "host"),
                ),
                Case,
            )
            for n in sizes
            for key in self.inputs
            for variant in VARIANTS
        ]

    def _is_refused(self, n: int, key: str) -> bool:
        return n in self.refused and key == self.inputs[-1]

    def journal(self, step: Step) -> Journal:
        """What one process leaves."""
        sizes, variants = step.sizes or self.sizes, step.variants or tuple(VARIANTS)
        where = ("reduce", step.number, step.attempt)
        if set(sizes) & set(self.crashes):
            died: dict[str, Any] = {"status": Status.CRASHED, "reason": "SIGSEGV"}
            return Journal(record=record(*where, sizes=list(step.sizes), **died))
        cases = [
            self._case(variant, n, key)
            for n in sizes
            for key in self.inputs
            for variant in variants
        ]
        return process(step.number, cases, [], sizes=list(step.sizes))

    def _case(self, variant: str, n: int, key: str) -> dict[str, Any]:
        name, scope = _name(variant, n, key), SCOPES.get(variant, "host")
        if self._is_refused(n, key) or (scope == "host" and n in self.slow):
            return without_times(name, scope=scope)
        walls = dict.fromkeys(BLOCKS, self._seconds(variant, n))
        return in_blocks(name, walls, scope=scope)

    def _seconds(self, variant: str, n: int) -> float:
        times = {"cuda": 1.0, "cuda_e2e": self.transfers, "seq": 2 * self.ratio(n)}
        return 1e-3 * times.get(variant, self.ratio(n) * (1.5 if variant == "omp_plain" else 1))


def _name(variant: str, n: int, key: str) -> str:
    axis = f"/input:{key}" if key else ""
    return f"reduce/{variant}/n:{n}{axis}/threads:{VARIANTS[variant]}"


def records(journals: Sequence[Journal]) -> list[InvocationRecord]:
    """Those of the journals."""
    return [journal.record for journal in journals]


def base_run(machine: MadeUpMachine, whole: Manifest) -> list[Journal]:
    """The invocations of the preset."""
    journals: list[Journal] = []
    while step := next_step(whole, records(journals)):
        journals.append(machine.journal(step))
    return journals


def measure_round(machine: MadeUpMachine, found: Round, journals: list[Journal]) -> None:
    """Adds the invocations of a round."""
    while step := found.next_step(records(journals)):
        journals.append(machine.journal(step))


def measured_rounds(
    machine: MadeUpMachine, narrowing: Narrowing, journals: list[Journal]
) -> list[tuple[int, ...]]:
    """The sizes of all rounds to the end, after adding their invocations."""
    sizes: list[tuple[int, ...]] = []
    while found := narrowing.next_round(journals):
        (part,) = found.parts.values()
        sizes.append(part.sizes)
        measure_round(machine, found, journals)
        assert len(sizes) < 40
    return sizes

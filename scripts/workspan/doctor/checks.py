# SPDX-License-Identifier: Apache-2.0
"""What of this machine will spoil measurements, and what to do about it. Facts in, findings out; nothing is changed anywhere."""

import time
from pathlib import Path
from typing import Final

from workspan.doctor import cpu as doctor_cpu
from workspan.doctor import load as doctor_load
from workspan.doctor import program as doctor_program
from workspan.doctor.finding import Facts, Finding
from workspan.machine.state import take_state
from workspan.running.bench_binary import ask_plan

WATCHED: Final = 1.0  # seconds, in which we do nothing and look at what others do
CHECKS: Final = (
    doctor_cpu.quota,
    doctor_cpu.cpuset,
    doctor_cpu.smt,
    doctor_cpu.governor,
    doctor_cpu.turbo,
    doctor_load.load,
    doctor_load.pressure,
    doctor_load.steal,
    doctor_load.swap,
    doctor_program.huge_pages,
    doctor_program.memory,
    doctor_program.binding,
    doctor_program.openmp,
    doctor_program.build,
    doctor_program.gpus,
    doctor_program.clocks,
)


def findings(facts: Facts) -> list[Finding]:
    """All that was looked at, mostly one finding each, in a fixed order."""
    return [finding for check in CHECKS for finding in check(facts)]


def gather(bench: Path, preset: str) -> Facts:
    """Asks the binary, then watches the machine for a second. Raises UsageError where the binary gives no answer."""
    plan = ask_plan(bench, ["--preset", preset])
    before = take_state()
    time.sleep(WATCHED)
    return Facts(plan, before, take_state())

# SPDX-License-Identifier: Apache-2.0
"""Checks this machine for anything that distorts measurements; changes nothing."""

import time
from pathlib import Path
from typing import Final

from workspan.doctor import cpu, environment, last_run, load, program, scheduler
from workspan.doctor.finding import Facts, Finding
from workspan.machine.state import take_state
from workspan.running.bench_binary import ask_plan

WATCH_SECONDS: Final = 1.0  # in which we are idle and watch other processes
CHECKS: Final = (
    cpu.quota,
    cpu.cpuset,
    cpu.smt,
    cpu.cores,
    cpu.governor,
    cpu.turbo,
    load.other_load,
    load.pressure,
    load.steal,
    load.swap,
    scheduler.autogroup,
    scheduler.delays,
    program.huge_pages,
    program.memory,
    program.binding,
    program.openmp,
    environment.spinning,
    environment.teams,
    environment.libraries,
    program.build,
    program.gpus,
    program.clocks,
    last_run.clean,
)


def findings(facts: Facts) -> list[Finding]:
    """The findings of all checks, usually one each, in a fixed order."""
    return [finding for check in CHECKS for finding in check(facts)]


def gather_facts(bench: Path, preset: str) -> Facts:
    """Queries the binary, watches the machine. Raises UsageError if it does not answer."""
    plan = ask_plan(bench, ["--preset", preset, "--pairs"])
    before = take_state()
    time.sleep(WATCH_SECONDS)
    after = take_state()
    return Facts(
        plan,
        before,
        after,
        scheduler.read_text(scheduler.AUTOGROUP),
        scheduler.read_text(scheduler.SCHEDSTAT),
        last_run.newest_run(last_run.RESULTS),
    )

# SPDX-License-Identifier: Apache-2.0
"""The neighbour made on purpose: its share by CPU time, and how it ends. Nothing here is timed."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from paths import SCRIPTS

from workspan.goals.neighbour import PERIOD, Load, keep_busy, main

COMMAND = [sys.executable, "-m", "workspan.goals.neighbour"]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(SCRIPTS)}


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_each_period_has_its_share_of_cpu_time_whatever_else_runs(share: float) -> None:
    left = iter(range(40))
    load = keep_busy(share, lambda: next(left, None) is not None)
    assert load.periods == 40
    assert load.cpu == pytest.approx(40 * share * PERIOD, rel=0.05)
    assert load.wall >= 40 * PERIOD * 0.99


def test_the_share_is_cpu_time_over_wall_time() -> None:
    assert Load(0.5, 2.0, 100).share == 0.25
    assert Load(0.0, 0.0, 0).share == 0.0


def test_it_ends_by_itself_and_says_what_it_did() -> None:
    cpu = min(os.sched_getaffinity(0))
    done = subprocess.run(
        [*COMMAND, "30", "--cpu", str(cpu), "--seconds", "0.2"],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert re.fullmatch(r"0\.\d+ s of CPU time in 0\.\d+ s: [\d.]+ %\n", done.stdout)


def test_it_ends_when_told_and_with_its_parent() -> None:
    with subprocess.Popen([*COMMAND, "10"], env=ENVIRONMENT, stdout=subprocess.PIPE) as told:
        time.sleep(0.5)
        told.send_signal(signal.SIGTERM)
        assert told.wait(30) in (0, -signal.SIGTERM)  # the latter before its handler was there
    orphan = f"{' '.join(COMMAND)} 10 --seconds 60 >/dev/null 2>&1 & echo $!; sleep 2"
    shell = subprocess.run(
        ["sh", "-c", orphan], env=ENVIRONMENT, capture_output=True, text=True, check=True
    )
    for _ in range(200):
        if not runs(int(shell.stdout)):
            return
        time.sleep(0.1)
    pytest.fail("it outlived its parent")


def runs(number: int) -> bool:
    """Whether a process is there, and not only its exit code."""
    try:
        status = Path(f"/proc/{number}/status").read_text()
    except FileNotFoundError:
        return False
    return "State:\tZ" not in status


@pytest.mark.parametrize("word", ["5", "91", "half"])
def test_shares_without_pauses_or_without_work_are_refused(
    word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([word])
    assert ended.value.code == 2
    assert f"'{word}' is not a number from 10 to 90" in capsys.readouterr().err


def test_a_cpu_that_it_may_not_use_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["10", "--cpu", "4095"]) == 2
    assert "may not use CPU 4095" in capsys.readouterr().err

# SPDX-License-Identifier: Apache-2.0
"""kill -9 of the runner: the watchdog kills all its children."""

import subprocess
import sys
import time

import pytest

from workspan.process.watchdog import members

RUNNER = """
import sys
from workspan.process.child import ChildRequest, run_child
from workspan.process.watchdog import Watchdog
with Watchdog() as watchdog:
    print(watchdog.token, flush=True)
    while True:
        run_child(ChildRequest(["sh", "-c", sys.argv[1]], timeout=1000), watchdog=watchdog)
"""


@pytest.mark.parametrize(
    "script", ["true", "sleep 1000 & setsid sleep 1000 & (trap '' TERM; sleep 1000) & sleep 1000"]
)
@pytest.mark.parametrize("delay", [0.0, 0.003, 0.05, 0.3])
def test_nothing_outlives_a_killed_runner(script: str, delay: float) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", RUNNER, script], stdout=subprocess.PIPE, text=True
    ) as runner:
        assert runner.stdout
        token = runner.stdout.readline().strip()
        time.sleep(delay)
        runner.kill()
    end = time.monotonic() + 20
    while (left := members([], token)) and time.monotonic() < end:
        time.sleep(0.01)
    assert left == []

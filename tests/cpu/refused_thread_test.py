# SPDX-License-Identifier: Apache-2.0
"""A model of execution that is refused one of several threads has a skipped case.

The threads that it has started end, and nothing waits for the one that is missing. BENCH names the
binary, REFUSE_THREADS the library that refuses.
"""

import os
import subprocess

import pytest

BENCH = os.environ["BENCH"]
REFUSE_THREADS = os.environ["REFUSE_THREADS"]


@pytest.mark.parametrize("started", range(4))
@pytest.mark.parametrize(
    ("model", "says"),
    [
        ("dispatch/pool", "cannot start a pool of 4 threads: "),
        ("dispatch/coroutines", "cannot start a pool of 4 threads: "),
        ("waiters/coroutines", "cannot start a pool of 4 threads: "),
        ("waiters/pool", "cannot start a pool of 20 threads: "),
        ("dispatch/threads", "cannot start thread {} of 20: "),
        ("dispatch/futures", "cannot start future {} of 20: "),
        ("fileio/threads", "cannot start thread {} of 8: "),
        ("fileio/futures", "cannot start future {} of 20: "),
        ("fileio/coroutines", "cannot start a pool of 8 threads: "),
    ],
)
def test_the_case_is_skipped_and_nothing_hangs(model: str, says: str, started: int) -> None:
    workload, variant = model.split("/")
    chosen = f"--workload {workload} --variant {variant} --threads 4 --sizes 20"
    alone = "--benchmark_filter=-chain|cpus --budget 0.2s"
    preloaded = {"LD_PRELOAD": REFUSE_THREADS, "WORKSPAN_THREADS": str(started)}
    done = subprocess.run(
        [BENCH, *chosen.split(), *alone.split()],
        env=os.environ | preloaded | {"CUDA_VISIBLE_DEVICES": "", "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 3, done.stdout + done.stderr
    assert says.format(started + 1) + "Resource temporarily unavailable (" in done.stderr

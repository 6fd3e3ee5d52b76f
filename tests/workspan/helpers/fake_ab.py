# SPDX-License-Identifier: Apache-2.0
"""The fake binary with adjustable times: WORKSPAN_FAKE_SLOW="alpha:1.10" slows alpha down by 10 %.

WORKSPAN_FAKE_SIDE: the name of this start in WORKSPAN_FAKE_STARTS, a file with one line per start.
The noise is 0.2 %.
"""

import json
import os
import random
import runpy
import sys
from pathlib import Path


def scale(tree, slow):
    for case in tree["workspan"]["cases"]:
        if case["status"] != "ok":
            continue
        factor = slow.get(case["workload"], 1.0) * random.lognormvariate(0, 0.002)
        case["time"] *= factor
        case["interval"] = [t * factor for t in case["interval"]]
        for invocation in case["invocations"]:
            invocation["wall"] = [t * factor for t in invocation["wall"]]
            invocation["cpu"] = [t * factor for t in invocation["cpu"]]
        for row in tree["benchmarks"]:
            if row["name"] == case["name"]:
                row["real_time"] *= factor
                row["cpu_time"] *= factor
    return tree


if "--dry-run" not in sys.argv:
    with open(os.environ.get("WORKSPAN_FAKE_STARTS", os.devnull), "a", encoding="utf-8") as log:
        workload = sys.argv[sys.argv.index("--workload") + 1]
        log.write(f"{os.environ.get('WORKSPAN_FAKE_SIDE', '?')} {workload}\n")
code = 0
try:
    runpy.run_path(str(Path(__file__).with_name("fake_bench.py")), run_name="__main__")
except SystemExit as e:
    code = int(e.code or 0)
if "--out" in sys.argv and code in (0, 1):
    out = Path(sys.argv[sys.argv.index("--out") + 1])
    slow = dict(part.split(":") for part in os.environ.get("WORKSPAN_FAKE_SLOW", "").split())
    out.write_text(
        json.dumps(
            scale(
                json.loads(out.read_text()), {name: float(factor) for name, factor in slow.items()}
            )
        )
    )
sys.exit(code)

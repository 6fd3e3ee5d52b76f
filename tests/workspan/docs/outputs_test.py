# SPDX-License-Identifier: Apache-2.0
"""The content of blocks: what a command prints, the answer of a run, and the binary's list."""

import json
from pathlib import Path

import pytest
from paths import ROOT

from workspan.docs.outputs import Outputs
from workspan.support.errors import UsageError

QUICK = "results/epyc-vm-2-cores/quick.json"
LISTED = """copy        out = in
            sizes 8
            variants seq
  copy: a copy.
  Check: exact.

variants
  seq          the best
"""


def whole(text: str) -> str:
    return text


def fake_bench(folder: Path) -> Path:
    """Prints the list, or a plan."""
    plan = json.dumps({"workspan": {"cases": [{"workload": "copy", "ceiling": "copy"}]}})
    bench = folder / "bench"
    bench.write_text(
        f"#!/bin/sh\nif [ $1 = --list ]; then cat <<'END'\n{LISTED}END\nelse echo '{plan}'; fi\n"
    )
    bench.chmod(0o755)
    return bench


def test_a_command_is_named_with_what_it_prints() -> None:
    text = Outputs(ROOT, None)(f"workspan validate {QUICK}", whole)
    assert text is not None
    assert text.startswith(f"By `workspan validate {QUICK}`:\n\n```\n{QUICK}")
    assert text.endswith("\n```\n")


def test_a_command_that_fails_is_refused() -> None:
    with pytest.raises(UsageError, match=r"workspan info nowhere: exit code 2\n.*nowhere"):
        Outputs(ROOT, None)("workspan info nowhere", whole)


def test_an_answer_that_is_cut_says_so() -> None:
    text = Outputs(ROOT, None)(f"answer {QUICK}", lambda text: text.splitlines()[0] + "\n")
    assert text == (
        f"What `scripts/bench` says of the run `{QUICK}`, in part:\n\n"
        "```\nAMD EPYC, 2 usable threads, 25.3 GB, no GPU (no CUDA device)\n```\n"
    )


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("workloads", "| `copy` | out = in | - | memory: `copy` |\n"),
        ("checks", "| `copy` | exact |\n"),
        ("variants", "| `seq` | the best |\n"),
        ("contracts", "**Check**: exact.\n"),
    ],
)
def test_of_the_binary(source: str, line: str, tmp_path: Path) -> None:
    text = Outputs(ROOT, fake_bench(tmp_path))(source, whole)
    assert text is not None
    assert text.endswith(line)
    assert Outputs(ROOT, None)(source, whole) is None


def test_an_unknown_source_is_refused() -> None:
    with pytest.raises(UsageError, match="unknown source of a block: workload"):
        Outputs(ROOT, None)("workload", whole)

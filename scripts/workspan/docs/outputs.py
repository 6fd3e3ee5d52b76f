# SPDX-License-Identifier: Apache-2.0
"""The content of generated blocks: what commands print, and what the binary says of workloads."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from rich.console import Console

from workspan.docs.blocks import fenced
from workspan.docs.workloads import (
    check_table,
    entries,
    sections,
    summary_table,
    table,
    variant_meanings,
)
from workspan.report.answer.answer import print_answer
from workspan.report.run_info import heading
from workspan.resultfile.read import read_result
from workspan.support.errors import UsageError

PACKAGE: Final = Path(__file__).parents[2]

Cut = Callable[[str], str]


class Outputs:
    """By source: a command `workspan ...`, `answer FILE`, or a table of the binary's workloads."""

    def __init__(self, root: Path, bench: Path | None) -> None:
        self._root, self._bench = root, bench
        self._listed = ""

    def __call__(self, source: str, cut: Cut) -> str | None:
        """The block; None: it needs the binary, and there is none."""
        if source.startswith("workspan "):
            return _quoted(f"By `{source}`", self._printed(source), cut)
        if source.startswith("answer "):
            name = source.removeprefix("answer ")
            return _quoted(
                f"What `scripts/bench` says of the run `{name}`", self._answer(name), cut
            )
        if source not in ("workloads", "checks", "variants", "contracts"):
            raise UsageError(f"unknown source of a block: {source}")
        return self._of_the_binary(source) if self._bench else None

    def _printed(self, command: str) -> str:
        program = [sys.executable, "-c", "import sys; from workspan.cli.entry import main; main()"]
        done = subprocess.run(
            [*program, *command.split()[1:]],
            cwd=self._root,
            env={**os.environ, "PYTHONPATH": str(PACKAGE)},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise UsageError(f"{command}: exit code {done.returncode}\n{done.stderr}")
        return done.stdout

    def _answer(self, name: str) -> str:
        """What `workspan run` printed at the end of this run."""
        result = read_result(self._root / name)
        out = io.StringIO()
        console = Console(file=out, width=100, highlight=False, markup=False, emoji=False)
        console.print(heading(result), soft_wrap=True)
        print_answer(result, [name], console)
        return out.getvalue()

    def _of_the_binary(self, source: str) -> str:
        self._listed = self._listed or self._ask("--list", "--long")
        found = entries(self._listed)
        if source == "workloads":
            return summary_table(found, self._ceilings([entry.name for entry in found]))
        if source == "checks":
            return check_table(found)
        if source == "contracts":
            return sections(found)
        rows = [[f"`{name}`", meaning] for name, meaning in variant_meanings(self._listed)]
        return table(["variant", "meaning"], rows)

    def _ceilings(self, names: list[str]) -> dict[str, str]:
        plan = json.loads(self._ask("--dry-run", "--preset", "full", "--benchmark_format=json"))
        found = {case["workload"]: case["ceiling"] for case in plan["workspan"]["cases"]}
        return {name: found.get(name, "") for name in names}

    def _ask(self, *options: str) -> str:
        command = [str(self._bench), *options]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def _quoted(origin: str, text: str, cut: Cut) -> str:
    shown = cut(text)
    in_part = "" if shown.strip() == text.strip() else ", in part"
    return f"{origin}{in_part}:\n\n{fenced(shown)}"

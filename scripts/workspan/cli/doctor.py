# SPDX-License-Identifier: Apache-2.0
"""workspan doctor: checks this machine for anything that distorts measurements."""

import json
import os
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from workspan.doctor.finding import Finding, Severity
from workspan.support.errors import Exit
from workspan.support.text import plain


class Format(str, Enum):
    """How findings are printed."""

    TEXT = "text"
    JSON = "json"


class Preset(str, Enum):
    """What would be measured."""

    SMOKE = "smoke"
    QUICK = "quick"
    GATE = "gate"
    FULL = "full"


_SAME_CASES = {Preset.GATE: Preset.QUICK}  # only more invocations of them
_COLOURS = {Severity.OK: "green", Severity.NOTE: "cyan", Severity.WARNING: "yellow"}


def doctor(
    preset: Annotated[
        Preset, typer.Option(help="Judge for the cases of this preset.")
    ] = Preset.QUICK,
    bench: Annotated[
        Path | None,
        typer.Option(help="The binary. [default: $WORKSPAN_BENCH, or build/release/bench]"),
    ] = None,
    form: Annotated[
        Format, typer.Option("--format", help="One line per finding, or JSON.")
    ] = Format.TEXT,
) -> int:
    """Check this machine for anything that distorts measurements, and suggest fixes.

    Changes nothing. ok: no effect; note: affects the interpretation of the numbers; warning:
    distorts them. The exit code is 0 for all findings, 2 if the binary is missing or does not
    answer.
    """
    from workspan.doctor.checks import findings, gather_facts
    from workspan.running.bench_binary import find_bench, remove_benchmark_variables

    for name in remove_benchmark_variables():
        typer.echo(plain(f"workspan: {name} of the environment is not used"), err=True)
    found = findings(gather_facts(find_bench(bench), _SAME_CASES.get(preset, preset).value))
    if form is Format.JSON:
        typer.echo(json.dumps({"findings": list(map(_fields, found))}, indent=1))
    else:
        for finding in found:
            typer.echo(severity_word(finding.severity) + _line(finding))
    return int(Exit.GOOD)


def _fields(finding: Finding) -> dict[str, str]:
    return {
        "level": finding.severity.value,
        "topic": finding.topic,
        "found": finding.found,
        "advice": finding.advice,
    }


def severity_word(severity: Severity) -> str:
    """In colour, unless NO_COLOR is set (https://no-color.org); echo removes it off a terminal."""
    word = f"{severity.value:<8}"
    return (
        word
        if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
        else typer.style(word, fg=_COLOURS[severity])
    )


def _line(finding: Finding) -> str:
    """Escapes foreign text in it (models, environment)."""
    advice = f" -> {finding.advice}" if finding.advice else ""
    return plain(f"{finding.topic:<12} {finding.found}{advice}")

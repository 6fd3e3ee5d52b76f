# SPDX-License-Identifier: Apache-2.0
"""workspan doctor: checks this machine for anything that distorts measurements."""

import json
import os
from typing import Annotated

import typer

from workspan.cli import options
from workspan.cli.arguments import FINDING_FORMATS, Format, choice_of
from workspan.doctor.finding import Finding, Severity
from workspan.support.errors import Exit
from workspan.support.presets import PRESETS, Preset, bench_preset
from workspan.support.text import plain

_COLOURS = {Severity.OK: "green", Severity.NOTE: "cyan", Severity.WARNING: "yellow"}

CasesOf = Annotated[
    Preset,
    typer.Option(click_type=choice_of(PRESETS), help="Check for the cases of this preset."),
]
FindingFormat = Annotated[
    Format,
    typer.Option(
        "--format", click_type=choice_of(FINDING_FORMATS), help="One line per finding, or JSON."
    ),
]


def doctor(
    preset: CasesOf = "quick",
    bench: options.Bench = None,
    form: FindingFormat = Format.TEXT,
) -> int:
    """Check this machine for anything that distorts measurements, and suggest fixes.

    ok: nothing to do; note: affects the interpretation of the numbers; warning: distorts them.
    Changes nothing. The exit code is 0 for any finding, and 2 only if the binary is missing or
    does not answer.
    """
    from workspan.doctor.checks import findings, gather_facts
    from workspan.running.bench_binary import find_bench, remove_benchmark_variables

    for name in remove_benchmark_variables():
        typer.echo(plain(f"workspan: {name} of the environment is not used"), err=True)
    found = findings(gather_facts(find_bench(bench), bench_preset(preset)))
    if form is Format.JSON:
        rows = [_fields(finding) for finding in found]
        typer.echo(json.dumps({"findings": rows}, indent=1, ensure_ascii=True))
    else:
        for finding in found:
            typer.echo(severity_word(finding.severity) + _finding_line(finding))
    return int(Exit.GOOD)


def _fields(finding: Finding) -> dict[str, str]:
    return {
        "severity": finding.severity.value,
        "topic": finding.topic,
        "found": finding.found,
        "advice": finding.advice,
    }


def severity_word(severity: Severity) -> str:
    """The severity, coloured unless the user objects (https://no-color.org).

    If stdout is not a terminal, typer.echo removes colours itself.
    """
    word = f"{severity.value:<8}"
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return word
    return typer.style(word, fg=_COLOURS[severity])


def _finding_line(finding: Finding) -> str:
    """Topic, finding and advice; foreign text in them (models, environment) is escaped."""
    advice = f" -> {finding.advice}" if finding.advice else ""
    return plain(f"{finding.topic:<12} {finding.found}{advice}")

# SPDX-License-Identifier: Apache-2.0
"""workspan doctor: what of this machine will spoil measurements."""

import json
import os
from dataclasses import asdict
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from workspan.doctor.finding import Finding, Level
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
_COLOURS = {Level.OK: "green", Level.NOTE: "cyan", Level.WARNING: "yellow"}


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
    """Say what of this machine will spoil measurements, and what to do about it; changes nothing.

    ok: all is well; note: it changes what the numbers mean; warning: it spoils them. The exit code is 0 whatever is found: 2 only where
    the binary is missing or gives no answer.
    """
    from workspan.doctor.checks import findings, gather
    from workspan.running.bench_binary import find_bench, without_benchmark_variables

    for name in without_benchmark_variables():
        typer.echo(plain(f"workspan: {name} of the environment is not used"), err=True)
    found = findings(gather(find_bench(bench), _SAME_CASES.get(preset, preset).value))
    if form is Format.JSON:
        typer.echo(
            json.dumps(
                {"findings": [{**asdict(f), "level": f.level.value} for f in found]},
                indent=1,
                ensure_ascii=True,
            )
        )
    else:
        for finding in found:
            typer.echo(level_word(finding.level) + _line(finding))
    return int(Exit.GOOD)


def level_word(level: Level) -> str:
    """Coloured, unless the user wants none (https://no-color.org); where there is no terminal echo takes colours out."""
    word = f"{level.value:<8}"
    return (
        word
        if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
        else typer.style(word, fg=_COLOURS[level])
    )


def _line(finding: Finding) -> str:
    """Foreign words in it (models, environment) are made harmless."""
    advice = f" -> {finding.advice}" if finding.advice else ""
    return plain(f"{finding.topic:<12} {finding.found}{advice}")

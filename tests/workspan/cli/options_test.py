# SPDX-License-Identifier: Apache-2.0
"""Options that several commands share are the same in each of them."""

import click
import pytest
import typer

from workspan.cli.app import app
from workspan.support.presets import PRESETS

COMMANDS = typer.main.get_group(app).commands


def option(command: str, name: str) -> click.Option:
    """An option of a command."""
    (found,) = (p for p in COMMANDS[command].params if name in p.opts)
    assert isinstance(found, click.Option)
    return found


@pytest.mark.parametrize(
    ("name", "commands"),
    [
        ("--workload", ("run", "ab")),
        ("--memory-limit", ("run", "ab")),
        ("--cpus", ("run", "ab")),
        ("--bench", ("run", "doctor")),
        ("--format", ("ab", "compare")),
    ],
)
def test_a_shared_option_has_one_description(name: str, commands: tuple[str, str]) -> None:
    first, second = (option(command, name) for command in commands)
    assert first.help == second.help
    assert (first.metavar, first.default) == (second.metavar, second.default)


def test_the_presets_are_those_of_the_package() -> None:
    for command in ("run", "doctor"):
        kind = option(command, "--preset").type
        assert isinstance(kind, click.Choice)
        assert tuple(kind.choices) == PRESETS
    described = option("run", "--preset").help or ""
    assert all(preset in described for preset in PRESETS)


def test_the_default_memory_limit_is_described_as_a_share() -> None:
    assert "Default: 90 % of what is left" in (option("run", "--memory-limit").help or "")

# SPDX-License-Identifier: Apache-2.0
"""One line for a wrong option, argument or command: what, where, and the remedy."""

import ast
import re
from collections.abc import Sequence

import click

from workspan.support.suggest import choose, did_you_mean


def usage_line(error: click.UsageError, group: click.Group, arguments: Sequence[str]) -> str:
    """The line for one mistake in these arguments of `workspan`."""
    command = _command_path(error, group, arguments)
    if error.message == "Missing command.":
        return f"{command}: a command is missing; {command} --help lists them"
    message = (
        _option_name(error, command)
        or _command_name(error, arguments)
        or _option_value(error)
        or _missing(error, command)
    )
    return f"{command}: {message or _as_it_is(error, command)}"


def _command_path(error: click.UsageError, group: click.Group, arguments: Sequence[str]) -> str:
    """workspan compare; click itself does not know it if the value of an option is missing."""
    if error.ctx:
        return error.ctx.command_path
    word = next((word for word in arguments if not word.startswith("-")), "")
    return f"workspan {word}" if word in group.commands else "workspan"


def _option_name(error: click.UsageError, command: str) -> str:
    if not isinstance(error, click.NoSuchOption):
        return ""
    known = [name for p in error.ctx.command.params for name in p.opts] if error.ctx else []
    near = did_you_mean(error.option_name, known, otherwise=f"{command} --help lists them")
    return f"unknown option '{error.option_name}'; {near}"


def _command_name(error: click.UsageError, arguments: Sequence[str]) -> str:
    group = error.ctx.command if error.ctx else None
    if not isinstance(group, click.Group) or "No such command" not in error.message:
        return ""
    word = next(word for word in arguments if not word.startswith("-"))
    near = did_you_mean(word, group.commands, otherwise="workspan --help lists them")
    return f"unknown command '{word}'; {near}"


def _option_value(error: click.UsageError) -> str:
    """A word that is not one of the choices, or a number out of range."""
    if not isinstance(error, click.BadParameter) or not error.param:
        return ""
    name, kind = error.param.opts[0], error.param.type
    if isinstance(kind, click.Choice) and " is not one of " in error.message:
        word = ast.literal_eval(error.message.rpartition(" is not one of ")[0])
        known = [str(one) for one in kind.choices]
        near = did_you_mean(word, known, otherwise=choose(known))
        return f"{name}: unknown value '{word}'; {near}"
    if isinstance(kind, click.IntRange):
        word = error.message.partition(" is not ")[0].strip("'\"")
        most = "" if kind.max is None else f" to {kind.max}"
        return f"{name}: '{word}' is not a whole number from {kind.min}{most}"
    return ""


def _missing(error: click.UsageError, command: str) -> str:
    """An argument, an option or the value of an option."""
    if isinstance(error, click.MissingParameter) and error.param:
        is_option = isinstance(error.param, click.Option)
        name = error.param.opts[0] if is_option else error.param.human_readable_name
        return f"{name} is missing; {command} --help describes it"
    if isinstance(error, click.BadOptionUsage) and "requires" in error.message:
        return f"{error.option_name}: its value is missing; {command} --help describes it"
    return ""


def _as_it_is(error: click.UsageError, command: str) -> str:
    """The message of click, in the form of ours."""
    words = error.format_message().rstrip(".")
    extra = re.fullmatch(r"Got unexpected extra arguments? \((.*)\)", words, re.S)
    words = f"unexpected argument '{extra[1]}'" if extra else words[:1].lower() + words[1:]
    return f"{words}; {command} --help describes its arguments"

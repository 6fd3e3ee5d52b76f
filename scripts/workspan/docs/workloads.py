# SPDX-License-Identifier: Apache-2.0
"""The workloads as Markdown, from the text of `bench --list --long`. Pure functions."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, takewhile
from typing import Final

INDENT: Final = 12  # of the facts below the name of a workload
PROSE_INDENT: Final = 2
LABEL: Final = re.compile(  # what a paragraph speaks of: at most six words
    r"(?!with )((?:[\w'-]+|\([\w ]+\))(?:,? (?:[\w'-]+|\([\w ]+\))){0,5}): ", re.I
)
BOUNDS: Final = {"fma": "arithmetic", "dfma": "arithmetic"}  # every other ceiling: memory
ABSENT: Final = "-"


@dataclass(frozen=True)
class Entry:
    """One workload of the list. facts: its lines of sizes and variants."""

    name: str
    summary: str
    facts: tuple[str, ...]
    prose: tuple[str, ...]


def entries(listed: str) -> list[Entry]:
    """The workloads of the list, in its order."""
    text = listed.split("\nvariants\n", maxsplit=1)[0]
    return [_entry(part.splitlines()) for part in re.split(r"\n(?=\w)", text.strip("\n"))]


def variant_meanings(listed: str) -> list[tuple[str, str]]:
    """The names of variants with the same meaning everywhere, from the end of the list."""
    lines = [line.split(maxsplit=1) for line in listed.split("\nvariants\n")[1].splitlines()]
    return [(name, meaning) for name, meaning in lines if name != "others"]


def _entry(lines: Sequence[str]) -> Entry:
    name, summary = lines[0].split(maxsplit=1)
    below = [line for line in lines[1:] if line]
    indented = list(takewhile(lambda line: line.startswith(" " * INDENT), below))
    facts = re.split(rf"\n {{{INDENT}}}(?! )", "\n" + "\n".join(indented))[1:]
    prose = [line[PROSE_INDENT:] for line in below[len(indented) :]]
    return Entry(name, summary, tuple(" ".join(fact.split()) for fact in facts), tuple(prose))


def paragraphs(prose: Sequence[str]) -> list[list[str]]:
    """A new one where a sentence has ended and a label begins, and around indented lines."""
    found: list[list[str]] = []
    for line in prose:
        last = found[-1][-1] if found else ""
        ended = last.endswith((".", ":")) or last.startswith(" ")
        apart = line.startswith(" ") != last.startswith(" ")
        if not found or apart or (ended and LABEL.match(line)):
            found.append([])
        found[-1].append(line)
    return found


def sentence(prose: Sequence[str], label: str) -> str:
    """The first one after this label; "-": the prose has none."""
    for paragraph in paragraphs(prose):
        if found := re.search(rf"\b{label}: (.*?)\.(?=\s+[A-Z]|$)", " ".join(paragraph)):
            return found[1]
    return ABSENT


def pattern(prose: Sequence[str]) -> str:
    """The parallel pattern in a few words, without what explains it."""
    return re.split(r"[,;] (?!then)", sentence(prose, "Parallel pattern"))[0]


def bound(ceiling: str) -> str:
    """What bounds a workload, and the ceiling for it."""
    return f"{BOUNDS.get(ceiling, 'memory')}: `{ceiling}`" if ceiling else ABSENT


def summary_table(found: Iterable[Entry], ceilings: Mapping[str, str]) -> str:
    """What each one computes, its parallel pattern and its bound."""
    rows = [
        [f"`{e.name}`", e.summary, pattern(e.prose), bound(ceilings[e.name])]
        for e in described(found)
    ]
    return table(["workload", "computes", "parallel pattern", "bound by"], rows)


def check_table(found: Iterable[Entry]) -> str:
    """The first sentence on the check of each one."""
    rows = [[f"`{e.name}`", sentence(e.prose, "Check")] for e in described(found)]
    return table(["workload", "check"], rows)


def described(found: Iterable[Entry]) -> Iterator[Entry]:
    """Each with its prose; neighbours that share a contract have that of the last of them."""
    waiting: list[Entry] = []
    for entry in found:
        waiting.append(entry)
        if entry.prose:
            for one in waiting:
                yield Entry(one.name, one.summary, one.facts, entry.prose)
            waiting = []


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(_in_cell(cell) for cell in line)} |\n" for line in lines)


def _in_cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|")


def sections(found: Iterable[Entry]) -> str:
    """A section for each workload: facts, then its contract in prose."""
    return "\n".join(_section(entry) for entry in found)


def _section(entry: Entry) -> str:
    lines = [f"## {entry.name}", "", f"{_escaped(entry.summary)}.", ""]
    for fact in entry.facts:
        word, rest = fact.split(maxsplit=1)
        lines += [f"- {word}: {_escaped(rest)}"]
    for is_code, group in groupby(paragraphs(entry.prose), lambda one: one[0].startswith(" ")):
        for one in group:
            lines += ["", *(_code(one) if is_code else _prose(one))]
    return "\n".join([*lines, ""])


def _code(lines: Sequence[str]) -> list[str]:
    return ["```", *(line[PROSE_INDENT:] for line in lines), "```"]


def _prose(lines: Sequence[str]) -> list[str]:
    first, *rest = [_escaped(line) for line in lines]
    return [LABEL.sub(r"**\1**: ", first, count=1) if LABEL.match(first) else first, *rest]


def _escaped(text: str) -> str:
    """What Markdown would take for markup; code between backticks stays."""
    parts = text.split("`")
    plain = [re.sub(r"\*|<(?=\w)|^(?=[-+>#] )", r"\\\g<0>", part) for part in parts[::2]]
    parts[::2] = plain
    return "`".join(parts)

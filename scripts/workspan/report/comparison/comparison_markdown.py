# SPDX-License-Identifier: Apache-2.0
"""Markdown for GitHub and GitLab; foreign text stands in code spans, where no markup applies."""

import re
from collections.abc import Sequence

from workspan.report.comparison.comparison_sheet import Column, Section, Sheet


def markdown_text(sheet: Sheet) -> str:
    """The whole report; the most urgent first."""
    parts = ["\n".join(f"- **{word}**: {code_span(what)}" for word, what in sheet.sides)]
    parts += [f"**{line}**" if i == 0 else line for i, line in enumerate(sheet.summary)]
    if sheet.differences:
        columns = [Column(title, right=False) for title in ("differs", *sheet.names)]
        parts.append(_table(columns, [list(row) for row in sheet.differences]))
    parts += [_section(section, sheet.columns) for section in sheet.sections]
    parts += [f"Note: {escape(note)}" for note in sheet.notes]
    return "\n\n".join(parts) + "\n"


def code_span(text: str) -> str:
    """A code span that shows any one-line text literally, in a table cell too."""
    if not text:
        return ""
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    pad = " " if text.startswith(("`", " ")) or text.endswith(("`", " ")) else ""
    return f"{fence}{pad}{text}{pad}{fence}".replace("|", "\\|")


def escape(text: str) -> str:
    """Text with its Markdown punctuation escaped."""
    return re.sub(r"([\\`*_{}\[\]<>|~#&@!$])", r"\\\1", text)


def _section(section: Section, columns: Sequence[Column]) -> str:
    details = any(section.details)
    shown = [i for i, _ in enumerate(columns) if i == 0 or any(row[i] for row in section.rows)]
    rows = [
        [row[i] for i in shown] + ([detail] if details else [])
        for row, detail in zip(section.rows, section.details, strict=True)
    ]
    titles = [columns[i] for i in shown] + ([Column("detail", right=False)] if details else [])
    return f"### {escape(section.word)} {escape(section.heading)}\n\n{_table(titles, rows)}"


def _table(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> str:
    lines = [
        [escape(column.title) for column in columns],
        ["---:" if column.right else "---" for column in columns],
    ]
    lines += [
        [
            escape(cell) if column.right else code_span(cell)
            for cell, column in zip(row, columns, strict=True)
        ]
        for row in rows
    ]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)

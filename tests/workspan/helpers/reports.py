# SPDX-License-Identifier: Apache-2.0
"""Made-up reports of comparisons: with hostile names, and with twelve plain cases."""

import dataclasses

from comparing import series

from workspan.compare.cases import Report, compare_cases
from workspan.compare.differences import Difference
from workspan.compare.verdict import CaseVerdict, Verdict

NASTY = (
    "[bold]x[/bold]",
    "a|b``c`d",
    "\x1b[31mred\x07",
    "\u202egnp.exe",
    "=1+1",
    "+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "<script>&\"'",
    "line\nbreak\ttab",
    "\ufffe\x00\x85\u2028",
    "![i](http://x) **b** # ~~s~~",
    "日本語" * 30,
    ":smile:",
    "` ",
)


def row(name: str, verdict: Verdict = Verdict.SLOWER, **changed: object) -> CaseVerdict:
    fields: dict[str, object] = {
        "old_time": 1e-3,
        "new_time": 1.1e-3,
        "effect": 1.1,
        "interval": (1.05, 1.15),
        "p": 1e-4,
        "q": 2e-4,
    }
    fields |= {"test": "Mann-Whitney", "old_invocations": 10, "new_invocations": 10}
    return CaseVerdict(name, verdict, "why", **(fields | changed))  # type: ignore[arg-type]


def nasty_report() -> Report:
    rows = [row(text, detail=text) for text in NASTY] + [
        row("f/g", Verdict.BROKEN, detail=text, effect=None) for text in NASTY
    ]
    return Report(
        rows,
        old=NASTY[0],
        new=NASTY[2],
        differences=[Difference(text, text, text) for text in NASTY],
    )


def twelve_cases() -> Report:
    steady = [[1.0 + k / 1000] for k in range(10)]
    old = [
        series(f"w{i}/variant_{i}/n:16777216/input:uniform/threads:2", steady) for i in range(12)
    ]
    new = [
        dataclasses.replace(s, samples=tuple(t * (1 + i / 100) for t in s.samples))
        for i, s in enumerate(old)
    ]
    return compare_cases(old, new)

# SPDX-License-Identifier: Apache-2.0
"""The data of a timeline as CSV, for figures of one's own."""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Final

from workspan.plot.traces.trace import Trace
from workspan.support.text import safe_cell

COLUMNS: Final = ("case", "task", "kind", "begin_ms", "end_ms", "cpu", "worker", "issues")


def spans_as_csv(traces: Sequence[Trace]) -> bytes:
    """A row per span of a task (`run`, `wait`), and per issue: from the issue to the start."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for trace in traces:
        writer.writerows(span_rows(trace))
    return text.getvalue().encode()


def span_rows(trace: Trace) -> Iterator[tuple[object, ...]]:
    """Those of one case."""
    name = safe_cell(trace.case.name)
    for number, task in enumerate(trace.tasks, 1):
        for span in task:
            kind, begin, end = "wait" if span.waits else "run", _ms(span.begin), _ms(span.end)
            yield name, number, kind, begin, end, _known(span.cpu), _known(span.worker), ""
    for issue in trace.issues:
        begin, end = _ms(issue.time), _ms(issue.start)
        yield name, issue.issuer + 1, "issue", begin, end, "", "", issue.issued + 1


def _ms(nanoseconds: int) -> str:
    return f"{nanoseconds / 1e6:.6f}"


def _known(number: int) -> int | str:
    return number if number >= 0 else ""

# SPDX-License-Identifier: Apache-2.0
"""The data of a timeline as CSV."""

import csv
import io

from made_up_traces import CHAIN_ISSUES, chain, encoded_trace, four_orders, one_case

from workspan.plot.traces.span_table import COLUMNS, spans_as_csv
from workspan.plot.traces.trace import decode_traces


def rows_of(trace: dict) -> list[dict[str, str]]:
    text = spans_as_csv(decode_traces(encoded_trace(trace), "FILE")).decode()
    return list(csv.DictReader(io.StringIO(text)))


def test_each_span_and_each_issue_is_a_row() -> None:
    rows = rows_of(one_case(chain(), CHAIN_ISSUES))
    assert len(rows) == 9 + 2
    assert [tuple(row.values()) for row in (rows[0], rows[1], rows[3], rows[-2])] == [
        ("busy/threads/n:3/threads:1", "1", "run", "0.000000", "1.000000", "0", "0", ""),
        ("busy/threads/n:3/threads:1", "1", "wait", "1.000000", "32.000000", "", "0", ""),
        ("busy/threads/n:3/threads:1", "2", "run", "1.000000", "2.000000", "0", "1", ""),
        ("busy/threads/n:3/threads:1", "1", "issue", "1.000000", "1.000000", "", "", "2"),
    ]


def test_cases_follow_each_other() -> None:
    rows = rows_of(four_orders())
    assert list(rows[0]) == list(COLUMNS)
    names = list(dict.fromkeys(row["case"] for row in rows))
    assert [name.split("/")[1] for name in names] == ["seq", "coroutines", "threads", "threads"]


def test_a_name_is_not_a_formula_for_a_spreadsheet() -> None:
    trace = four_orders()
    (read, *_) = decode_traces(encoded_trace(trace), "FILE")
    object.__setattr__(read, "case", type("Case", (), {"name": "=1+1"}))
    assert spans_as_csv([read]).splitlines()[1].startswith(b"'=1+1,1,run")

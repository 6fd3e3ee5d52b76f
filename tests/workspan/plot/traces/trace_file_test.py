# SPDX-License-Identifier: Apache-2.0
"""The types of a trace file, and what is said of a file that is something else."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from made_up_traces import CHAIN_ISSUES, SITUATIONS, chain, encoded_trace, one_case
from paths import ROOT

from workspan.plot.traces.trace_file import FIELDS, Event, decode_trace, nanoseconds
from workspan.support.errors import Exit, InputError


def refusal(data: bytes) -> str:
    with pytest.raises(InputError) as caught:
        decode_trace(data, "FILE")
    line = str(caught.value)
    assert caught.value.code == Exit.USAGE
    assert line.startswith("FILE: ")
    assert "\n" not in line
    return line


@pytest.mark.parametrize("name", SITUATIONS)
def test_made_up_traces_have_the_right_types(name: str) -> None:
    decode_trace(encoded_trace(SITUATIONS[name]()), name)


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"", "FILE: the file is empty"),
        (b"{", "FILE: line 1, column 2: not valid JSON: Expecting property name"),
        (b"[]", "FILE: $: the outermost value is not an object"),
        (b"{}", "FILE: is another kind of file, not a trace; bench --trace FILE writes one"),
        (
            b'{"workspan": {}, "benchmarks": []}',
            "FILE: is a result file, not a trace; bench --trace FILE writes one",
        ),
        (
            b'{"traceEvents": [], "otherData": {"program": "chrome"}}',
            "FILE: is a trace of another program; bench --trace FILE writes one of ours",
        ),
        (b'{"traceEvents": []}', "FILE: is a trace of another program"),
        (b'{"traceEvents": [], "traceEvents": []}', "the key 'traceEvents' occurs twice"),
        (b'{"traceEvents": [NaN]}', "NaN is not a JSON number"),
    ],
)
def test_another_file_is_refused_with_the_remedy(data: bytes, line: str) -> None:
    assert line in refusal(data)


def test_a_committed_result_file_is_not_a_trace() -> None:
    file = next(Path(ROOT / "results").glob("*/quick.json"))
    assert "is a result file, not a trace" in refusal(file.read_bytes())


def changed(place: str, value: Any) -> bytes:
    """The chain's trace with another value at a place: otherData.workspan.cases.0.n."""
    trace = one_case(chain(), CHAIN_ISSUES)
    *way, last = place.split(".")
    at: Any = trace
    for key in way:
        at = at[int(key)] if isinstance(at, list) else at[key]
    if value is None:
        del at[last]
    else:
        at[last] = value
    return encoded_trace(trace)


CASE = "otherData.workspan.cases.0"
RUN_EVENT = next(
    i for i, event in enumerate(one_case(chain())["traceEvents"]) if event["ph"] == "X"
)


@pytest.mark.parametrize(
    ("place", "value", "line"),
    [
        ("displayTimeUnit", "ns", "$.displayTimeUnit"),
        ("displayTimeUnit", None, "displayTimeUnit"),
        ("samples", [], "Object contains unknown field `samples`"),
        ("otherData.workspan.more", 1, "unknown field `more`"),
        (f"{CASE}.more", 1, "$.otherData.workspan.cases[0]: Object contains unknown field `more`"),
        (f"{CASE}.tasks", 0, "$.otherData.workspan.cases[0].tasks"),
        (f"{CASE}.seconds", -1, "$.otherData.workspan.cases[0].seconds"),
        (f"{CASE}.dropped", None, "missing required field `dropped`"),
        ("otherData.workspan.cases", [], "$.otherData.workspan.cases"),
        (f"traceEvents.{RUN_EVENT}.color", "red", f"$.traceEvents[{RUN_EVENT}]: Object contains"),
        (f"traceEvents.{RUN_EVENT}.ts", -1, f"$.traceEvents[{RUN_EVENT}].ts"),
        (f"traceEvents.{RUN_EVENT}.ts", "1", f"$.traceEvents[{RUN_EVENT}].ts"),
        (f"traceEvents.{RUN_EVENT}.ph", "B", f"$.traceEvents[{RUN_EVENT}].ph"),
        (f"traceEvents.{RUN_EVENT}.cat", "gpu", f"$.traceEvents[{RUN_EVENT}].cat"),
        (f"traceEvents.{RUN_EVENT}.dur", None, "an event of phase X without `dur`"),
        (f"traceEvents.{RUN_EVENT}.bp", "e", "has `bp`, which it must not have"),
        (f"traceEvents.{RUN_EVENT}.args", {"gpu": 1}, "unknown field `gpu`"),
        ("traceEvents.0.args", None, "$.traceEvents[0]: an event of phase M without `args`"),
        ("traceEvents.0.dur", 1, "an event of phase M has `dur`"),
    ],
)
def test_a_field_that_is_wrong_missing_or_unknown_is_named(
    place: str, value: Any, line: str
) -> None:
    assert line in refusal(changed(place, value))


def test_every_field_is_of_some_phase() -> None:
    named = {word.strip("[]") for words in FIELDS.values() for word in words.split()}
    assert named | {"ph"} == set(Event.__struct_fields__)


def test_a_trace_is_read_to_the_nanosecond() -> None:
    assert nanoseconds(0.001) == 1
    assert nanoseconds(123456789.123) == 123456789123


def test_what_the_reader_accepts_is_not_changed_by_it() -> None:
    trace = one_case(chain(), CHAIN_ISSUES)
    before = copy.deepcopy(trace)
    decode_trace(json.dumps(trace).encode(), "FILE")
    assert trace == before

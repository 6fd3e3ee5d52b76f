# SPDX-License-Identifier: Apache-2.0
"""The parts of a file agree: each rule is broken once and reported with its place."""

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from refusals import refused
from sample_results import case, encoded, journal, planned, tree

from workspan.resultfile.model import Status
from workspan.resultfile.read import decode_journal, result_violations
from workspan.support.errors import InputError


def change(*path: Any) -> Callable[[dict[str, Any]], Any]:
    """Sets the value at the path; `...` for a value removes it."""

    def apply(node: Any) -> None:
        for step in path[:-2]:
            node = node[step]
        if path[-1] is ...:
            del node[path[-2]]
        else:
            node[path[-2]] = path[-1]

    return apply


CASE = ("workspan", "cases", 0)
FIRST = (*CASE, "invocations", 0)  # of three samples
WARNING = {"code": "a_code", "detail": ""}
BAD_TREES = [
    (change(*FIRST, "block", [1, 3, 2]), "cases[0].invocations[0].block: is not ascending"),
    (change(*FIRST, "block", [1, 2, 2]), "cases[0].invocations[0].block: is not ascending"),
    *(
        (
            change(*FIRST, name, [1, 2] if name != "clean" else [True, True]),
            f"cases[0].invocations[0].{name}: has 2 samples, wall has 3",
        )
        for name in ("runs", "block", "at", "waited", "clean")
    ),
    (change(*CASE, "time", -1.0), "$.workspan.cases[0].time: Expected `float` > 0.0"),
    (change(*CASE, "time", 0), "$.workspan.cases[0].time"),
    (change(*CASE, "time", "1"), "$.workspan.cases[0].time"),
    (change(*CASE, "time", ...), "$.workspan.cases[0].time: is missing, though the case is ok"),
    (change(*CASE, "time", None), "$.workspan.cases[0].time: is missing, though the case is ok"),
    (change(*CASE, "time", 2.1e-6 * (1 + 1e-8)), "$.workspan.cases[0].time: is not 2.1e-06"),
    (change(*CASE, "interval", ...), "$.workspan.cases[0].interval: is missing"),
    (change(*CASE, "interval", [3e-6, 1e-6]), "$.workspan.cases[0].interval: is not ordered"),
    (
        change(*CASE, "interval", [-1.0, 1]),
        "$.workspan.cases[0].interval: is not ordered and positive",
    ),
    (
        change(*CASE, "interval", [3e-6, 4e-6]),
        "$.workspan.cases[0].interval: does not contain the time",
    ),
    (change(*CASE, "interval", [1]), "$.workspan.cases[0].interval"),
    (
        change(*CASE, "name", "copy/omp/n:1024/threads:1"),
        "$.workspan.cases[0].name: its parts make it copy/seq/n:1024/threads:1",
    ),
    (change(*CASE, "name", "Copy/seq/n:1024/threads:1"), "$.workspan.cases[0].name"),
    (change(*CASE, "name", "copy/seq/n:1024/threads:1\n"), "$.workspan.cases[0].name"),
    (
        change(*CASE, "name", "copy/seq/n:01024/threads:1"),
        "$.workspan.cases[0].name: its parts make it",
    ),
    (
        change(*CASE, "keys", {"cpus": "2", "input": "zipf"}),
        "copy/seq/n:1024/input:zipf/cpus:2/threads:1",
    ),
    (change(*CASE, "keys", {"colour": "red"}), "$.workspan.cases[0].keys"),
    (change(*CASE, "n", 2**63), "$.workspan.cases[0].n"),
    (change(*CASE, "seed", 2**64), "$.workspan.cases[0].seed"),
    (change(*CASE, "threads", 0), "$.workspan.cases[0].threads"),
    (change(*CASE, "status", "fine"), "$.workspan.cases[0].status: Invalid enum value 'fine'"),
    (
        change(*CASE, "status", "crashed"),
        "$.workspan.cases[0].reason: is empty, though the case is crashed",
    ),
    (change(*CASE, "verdict", "ok", False), "$.workspan.cases[0].verdict.ok: is false"),
    (change(*CASE, "invocations", []), "$.workspan.cases[0].invocations: none counts"),
    (
        change(*CASE, "invocations", 0, "counted", False),
        "$.workspan.cases[0].invocations: none counts",
    ),
    (change(*CASE, "invocations", 0, "wall", []), "$.workspan.cases[0].invocations[0].wall"),
    (
        change(*CASE, "invocations", 0, "wall", 1, True),
        "$.workspan.cases[0].invocations[0].wall[1]",
    ),
    (
        change(*CASE, "invocations", 0, "cpu", [1.0]),
        "$.workspan.cases[0].invocations[0].cpu: has 1 sample, wall has 3",
    ),
    (
        change(*CASE, "invocations", 0, "iterations", 0),
        "$.workspan.cases[0].invocations[0].iterations",
    ),
    (
        change(*CASE, "counters", {"real_time": 1.0}),
        "$.workspan.cases[0].counters: 'real_time' cannot be a counter",
    ),
    (change(*CASE, "counters", {"p99": "x"}), "$.workspan.cases[0].counters.p99"),
    (change(*CASE, "comparison", {}), "Object contains unknown field `comparison`"),
    (change(*CASE, "bound", "copy"), "Object contains unknown field `bound`"),
    (change(*CASE, "warnings", [WARNING] * 1001), "$.workspan.cases[0].warnings"),
    (change(*CASE, "warnings", ["x"]), "$.workspan.cases[0].warnings[0]"),
    (
        change(*CASE, "warnings", [WARNING | {"code": "A b"}]),
        "$.workspan.cases[0].warnings[0].code",
    ),
    (change(*CASE, "level", "l3"), "$.workspan.cases[0].level: Invalid enum value 'l3'"),
    (
        change(*CASE, "cause", "memory"),
        "$.workspan.cases[0].cause: is memory, though the case is ok",
    ),
    (change(*CASE, "cause", "bad luck"), "$.workspan.cases[0].cause: Invalid enum value"),
    (
        change("workspan", "cases", 3, "cause", ""),
        "$.workspan.cases[3].cause: is empty, though the case is skipped",
    ),
    (
        change("workspan", "cases", 3, "status", "planned"),
        "$.workspan.cases[3].cause: is unavailable, though the case is planned",
    ),
    (
        change(*CASE, "invocations", 0, "cpu_share", ...),
        "$.workspan.cases[0].invocations[0].cpu_share: is missing, though the scope is host",
    ),
    (
        change(*CASE, "scope", "kernel"),
        "$.workspan.cases[0].invocations[0].cpu_share: is there, though the scope is kernel",
    ),
    (change(*CASE, "extra", 1), "$.workspan.cases[0]: Object contains unknown field `extra`"),
    (
        change("workspan", "cases", 3, "reason", ""),
        "$.workspan.cases[3].reason: is empty, though the case is skipped",
    ),
    (
        change("workspan", "cases", 3, "time", 1.0),
        "$.workspan.cases[3].time: is there, though the case is skipped",
    ),
    (
        change("workspan", "cases", 3, "counters", {"a": 1.0}),
        "$.workspan.cases[3].counters: is there",
    ),
    (change("workspan", "run", "seed", 2**64), "$.workspan.run.seed: is above"),
    (change("workspan", "run", "started", "yesterday"), "$.workspan.run.started"),
    (change("workspan", "schema_version", 3), "$.workspan.schema_version"),
    (change("workspan", "machine", "cpu", "cores", -1), "$.workspan.machine.cpu.cores"),
    (
        change("benchmarks", 0, "time_unit", "ms"),
        "$.benchmarks[0].real_time: is not the median of its invocation",
    ),
    (change("benchmarks", 0, "time_unit", "min"), "$.benchmarks[0].time_unit"),
    (
        change("benchmarks", 0, "run_name", "copy/cuda/n:1024/threads:1"),
        "$.benchmarks[0].run_name: is not a case that is ok",
    ),
    (change("benchmarks", 0, "name", "x"), "$.benchmarks[0].name: is not run_name"),
    (change("benchmarks", 0, "threads", 7), "$.benchmarks[0].threads: is not 1"),
    (change("benchmarks", 0, "repetition_index", 1), "$.benchmarks[0].repetition_index"),
    (change("benchmarks", 0, "repetition_index", ...), "$.benchmarks[0].repetition_index"),
    (change("context", "json_schema_version", 2), "$.context.json_schema_version"),
    (change("more", 1), "unknown field `more`"),
]


@pytest.mark.parametrize(("apply", "said"), BAD_TREES, ids=[said for _, said in BAD_TREES])
def test_a_broken_rule_is_told_with_its_place(
    apply: Callable[[dict[str, Any]], Any], said: str
) -> None:
    file = tree()
    apply(file)
    assert said in refused(json.dumps(file).encode())


def test_what_must_be_unique() -> None:
    twice = [case("copy/seq/n:1/threads:1", [1.0])] * 2
    assert "$.workspan.cases[1]: has the name of [0]" in refused(encoded(twice))
    file = tree()
    file["workspan"]["cases"][0]["invocations"] *= 2
    assert "$.workspan.cases[0].invocations[1]: has the number and attempt of [0]" in refused(
        json.dumps(file).encode()
    )
    file = tree()
    file["workspan"]["cases"][0]["invocations"] *= 2
    file["workspan"]["cases"][0]["invocations"][1] = file["workspan"]["cases"][0]["invocations"][
        0
    ] | {"attempt": 2}
    assert "has the number, also counted, of [0]" in refused(json.dumps(file).encode())


def test_only_a_plan_has_planned_cases() -> None:
    name = "copy/omp/n:1/threads:2"
    assert result_violations(encoded([planned(name)]), "FILE") == []
    assert "$.workspan.cases[0].reason: is there, though the case is planned" in refused(
        encoded([planned(name) | {"reason": "soon"}])
    )
    assert "$.workspan.cases[1].status: is planned, though others are measured" in refused(
        encoded([case("copy/seq/n:1/threads:1", [1.0]), planned(name)])
    )


def test_journals() -> None:
    good = journal([case("copy/seq/n:1/threads:1", [1.0])])
    assert decode_journal(msgspec.json.encode(good), "FILE") == good
    bad = [
        (journal(None), "$.record.status: is ok, but the result is missing"),
        (journal(None, status=Status.CRASHED), "$.record.reason: is empty"),
        (
            journal([case("triad/seq/n:1/threads:1", [1.0])]),
            "$.result.workspan.cases[0].workload: is not copy",
        ),
    ]
    for wrong, said in bad:
        with pytest.raises(InputError, match="FILE: ") as caught:
            decode_journal(msgspec.json.encode(wrong), "FILE")
        assert said in str(caught.value)

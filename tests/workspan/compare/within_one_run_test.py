# SPDX-License-Identifier: Apache-2.0
"""workspan compare --by: variants and thread counts of one file."""

import json

import msgspec
import pytest
from comparing import NAMES, RunCompare, file_of, steady


def test_by_variant(run_compare: RunCompare) -> None:
    times = {NAMES[0]: steady(1e-3), NAMES[1]: steady(0.5e-3)[::-1]}
    code, out, _ = run_compare(file_of(times), "--by", "variant", "--format", "json")
    (row,) = json.loads(out)["rows"]
    assert code == 0
    assert (row["name"], row["against"], row["verdict"], row["test"]) == (
        NAMES[1],
        NAMES[0],
        "FASTER",
        "paired t on logarithms",
    )
    assert row["effect"] == pytest.approx(0.5)
    _, out, _ = run_compare("0.json", "--by", "variant")
    assert "speedup" in out
    assert "2.00" in out
    assert run_compare("0.json", "--by", "variant", "--baseline", "omp")[0] == 0
    code, _, err = run_compare("0.json", "--by", "variant", "--baseline", "sequ")
    assert (code, err) == (
        2,
        "workspan: --baseline: unknown variant 'sequ'; did you mean seq?\n",
    )


def test_by_names_both_sides_instead_of_old_and_new(run_compare: RunCompare) -> None:
    names = [
        f"copy/{name}"
        for name in (
            "seq/n:8/threads:1",
            "omp/n:8/threads:1",
            "omp/n:8/threads:2",
            "pool/n:8/threads:1",
        )
    ]
    file = file_of({name: steady(1e-3) for name in names})
    for case in file.workspan.cases:
        first = case.invocations[0]
        case.invocations[0] = msgspec.structs.replace(first, disturbed=("steal",))
    _, out, _ = run_compare(file, "--by", "variant")
    assert "3 invocations of seq, 3 of the other variants, over all cases" in out
    assert not {"old", "new"} & set(out.replace(",", " ").split())
    assert (
        "2 invocations of seq, 2 of omp, over all cases"
        in run_compare("0.json", "--by", "variant", "--filter", "omp")[1]
    )
    assert (
        "1 invocation of 1 thread, 1 of the other thread counts"
        in run_compare("0.json", "--by", "threads")[1]
    )


def test_by_never_mixes_sizes_or_keys_and_uses_the_nearest_thread_count(
    run_compare: RunCompare,
) -> None:
    names = (
        "seq/n:8/threads:1",
        "omp/n:8/threads:1",
        "omp/n:8/threads:2",
        "omp/n:9/threads:1",
        "omp/n:8/input:zipf/threads:1",
    )
    file = file_of({f"fma/{name}": steady(1e-3) for name in names})
    _, out, _ = run_compare(file, "--by", "threads", "--format", "json")
    assert [(row["name"], row["against"]) for row in json.loads(out)["rows"]] == [
        ("fma/omp/n:8/threads:2", "fma/omp/n:8/threads:1")
    ]
    _, out, _ = run_compare("0.json", "--by", "variant", "--format", "json")
    found = [(row["name"], row["against"]) for row in json.loads(out)["rows"]]
    assert found == [(f"fma/omp/n:8/threads:{t}", "fma/seq/n:8/threads:1") for t in (1, 2)]
    file = file_of(
        {
            f"fma/{name}/n:8/threads:{t}": steady(1e-3)
            for name in ("omp", "pool")
            for t in (1, 2, 4)
            if name + str(t) != "omp4"
        }
    )
    _, out, _ = run_compare(file, "--by", "variant", "--baseline", "omp", "--format", "json")
    assert [row["against"][-1] for row in json.loads(out)["rows"]] == ["1", "2", "1"]

# SPDX-License-Identifier: Apache-2.0
"""A file of a page: read once, named by its last folder, its hash, and a letter among others."""

import hashlib
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from sample_results import case, result

from workspan.analysis.ratios.judge import judge
from workspan.analysis.verdicts.headline import headline
from workspan.page.sources import (
    LETTERS,
    MOST_SIZES,
    Source,
    lettered,
    machine_of,
    read_source,
    thinned,
)
from workspan.resultfile.encode import encode_result
from workspan.support.errors import InputError, NothingError


def test_a_file_is_named_by_its_folder_and_its_hash(tmp_path: Path) -> None:
    file = tmp_path / "run7" / "result.json"
    file.parent.mkdir()
    file.write_bytes(encode_result(result()))
    found = read_source(file)
    assert found.name == "run7/result.json"
    assert found.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert found.judgements is found.judgements, "judged once"
    file.write_bytes(encode_result(result([])))
    with pytest.raises(NothingError, match="no case in"):
        read_source(file)
    file.write_text("{}")
    with pytest.raises(InputError):
        read_source(file)


def test_several_files_have_names(small: Source, xeon: Source) -> None:
    assert [one.letter for one in lettered([small])] == [""]
    assert [one.letter for one in lettered([small] * 2)] == ["old", "new"]
    assert [one.letter for one in lettered([small, xeon])] == ["A", "B"], "of two machines"
    assert [one.letter for one in lettered([small] * 4)] == [*LETTERS[:4]]
    assert small.label == ""
    assert replace(small, letter="B").label == f"B: {machine_of(small.content)}"


def test_charts_show_so_many_sizes_with_both_ends() -> None:
    sizes = [8 * k for k in range(1, 101)]
    walls = {n: case(f"copy/seq/n:{n}/threads:1", [1e-6 * n] * 7) for n in sizes}
    file = result([*walls.values(), case("gemm/seq/n:8/threads:1", [1.0] * 7)])
    found = thinned(file)
    kept = [one.n for one in found.workspan.cases if one.workload == "copy"]
    assert len(kept) == MOST_SIZES
    assert (kept[0], kept[-1]) == (8, 800)
    steps = {b - a for a, b in pairwise(kept)}
    assert max(steps) - min(steps) <= 8, "evenly"
    assert any(one.workload == "gemm" for one in found.workspan.cases)
    few = result([*walls.values()][:MOST_SIZES])
    assert thinned(few) is few


def test_a_machine_is_named_by_its_cpus_and_its_gpu(h100: Source, xeon: Source) -> None:
    assert machine_of(h100.content).startswith("16 CPUs of Intel")
    assert machine_of(h100.content).endswith(", NVIDIA H100 80GB HBM3")
    assert machine_of(xeon.content).startswith("2 CPUs of ")
    assert "," not in machine_of(xeon.content).split(" of ")[1]


def test_charts_of_a_thinned_file_say_what_its_texts_say() -> None:
    names = [f"copy/{code}/n:{n}/threads:1" for n in range(8, 24) for code in ("seq", "omp")]
    source = Source("many", result([case(name, [1.0] * 3) for name in names]), "")
    drawn = source.drawn
    assert len(drawn.workspan.cases) == 2 * MOST_SIZES
    assert judge(drawn) is source.judgements
    assert headline(drawn) is source.headline

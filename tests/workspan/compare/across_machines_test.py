# SPDX-License-Identifier: Apache-2.0
"""workspan compare --cross: two machines, without a verdict."""

import msgspec
from comparing import NAMES, RunCompare, on, result_of
from sample_results import foreign

from workspan.resultfile.model import Comparison, Ratio, ResultFile


def cross_file(threads: int, ceiling: float) -> ResultFile:
    file = result_of(1e-3, 1e-3, all_threads=threads)
    ratio = Ratio(ratio=ceiling, interval=(ceiling * 0.9, ceiling * 1.1))
    known = Comparison(
        vs_seq=ratio,
        vs_1_thread="not measured",
        efficiency=ratio,
        vs_all_cores="not measured",
        of_ceiling=ratio,
        ceiling=NAMES[0],
    )
    cases = [msgspec.structs.replace(case, comparison=known) for case in file.workspan.cases]
    last = msgspec.structs.replace(cases[1], threads=threads, name=f"fma/omp/n:8/threads:{threads}")
    return on(on(file, "cases", [cases[0], last]), "machine.cpu.model", f"CPU of {threads}")


def test_across_machines_there_are_fractions_and_no_verdict(run_compare: RunCompare) -> None:
    code, out, err = run_compare(
        cross_file(2, 0.8), cross_file(64, 0.5), "--cross", "--format", "csv"
    )
    assert (code, err) == (0, "")
    assert "fma/omp/n:8/threads:2,fma/omp/n:8/threads:64,0.8,0.5,0.8,0.5,,,0.8,0.5,," in out
    code, out, _ = run_compare("0.json", "1.json", "--cross")
    assert "fma/omp/n:8/threads:2 and threads:64" in out
    assert "no verdict" in out
    assert not any(word in out for word in ("SLOWER", "FASTER", "SAME"))
    for form in ("json", "markdown", "junit"):
        assert run_compare("0.json", "1.json", "--cross", "--format", form)[0] == 0
    code, _, err = run_compare(foreign(), "1.json", "--cross")
    assert code == 2
    assert "other programs' have no ceilings" in err

# SPDX-License-Identifier: Apache-2.0
"""workspan compare --cross: two machines, without a verdict."""

from comparing import RunCompare, file_of, on
from sample_results import foreign

from workspan.resultfile.model import ResultFile


def cross_file(threads: int, share: float) -> ResultFile:
    """A machine with these threads that reaches this share of its ceiling and of linear speedup."""
    cases = {
        f"read/omp/n:8/threads:{threads}": share,
        "reduce/seq/n:8/threads:1": share,
        "reduce/omp/n:8/threads:1": share * threads,
        f"reduce/omp/n:8/threads:{threads}": 1.0,
    }
    file = file_of({name: [[time] * 3] for name, time in cases.items()}, all_threads=threads)
    return on(file, "machine.cpu.model", f"CPU of {threads}")


def test_across_machines_there_are_fractions_and_no_verdict(run_compare: RunCompare) -> None:
    code, out, err = run_compare(
        cross_file(2, 0.75), cross_file(64, 0.5), "--cross", "--format", "csv"
    )
    assert (code, err) == (0, "")
    name = "reduce/omp/n:8/threads"
    assert f"{name}:2,{name}:64,0.75,0.5,0.75,0.5,1.5,32.0,0.75,0.5,," in out
    code, out, _ = run_compare("0.json", "1.json", "--cross")
    assert "reduce/omp/n:8/threads:2 and 64" in out
    assert "no verdict" in out
    assert not any(word in out for word in ("SLOWER", "FASTER", "SAME"))
    for form in ("json", "markdown", "junit"):
        assert run_compare("0.json", "1.json", "--cross", "--format", form)[0] == 0
    code, _, err = run_compare(foreign(), "1.json", "--cross")
    assert code == 2
    assert "other programs' have no ceilings" in err

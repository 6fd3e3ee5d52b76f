# SPDX-License-Identifier: Apache-2.0
"""workspan compare --reference on files: where references are found, messages and exit codes."""

import json
import re
from pathlib import Path

import msgspec
import pytest
from comparing import RunCompare, encoded, on
from machines import caches
from paths import ROOT
from references import (
    GPU,
    HOST,
    LONG,
    failed_case,
    gpu_result,
    put,
)
from sample_results import COMMITTED, foreign

from workspan.cli.app import invoke
from workspan.resultfile.model import CaseInvocation, Status
from workspan.resultfile.read import read_result


def test_the_repositorys_references_are_found_but_not_local_runs(run_reference: RunCompare) -> None:
    put("yours.json", gpu_result({HOST: 1e-3, LONG: 2e-3, GPU: 1e-3}))
    put("results/vm/quick.json", gpu_result({HOST: 1.01e-3, LONG: 1e-3}))
    put("results/local/run/result.json", gpu_result({HOST: 5e-3}))
    put("results/local/x.json", gpu_result({HOST: 5e-3}, invocations=9))
    code, out, err = run_reference("yours.json")
    assert (code, err) == (0, "")
    assert out.startswith(
        "reference  results/vm/quick.json, 2026-01-02 03:04 UTC, quick, 3 invocations, "
        "x, for host cases\n"
    )
    assert "3 cases: 1 slower, 1 only in yours, 1 normal" in out
    assert "ONLY_YOURS 1: not in the reference" in out
    assert [line.split() for line in out.splitlines() if LONG in line] == [
        [LONG, "1.00", "ms", "2.00", "ms", "2.00", "2.00", "..", "2.00"]
    ]
    assert "reference    yours  ratio  95 % interval" in out
    assert not {"old", "new"} & set(out.replace(",", " ").split())


def test_references_by_name_are_a_file_a_run_or_a_folder(run_reference: RunCompare) -> None:
    put("yours.json", gpu_result({HOST: 1e-3}))
    put("fleet/a/run/result.json", gpu_result({HOST: 1.01e-3}))
    put("fleet/a/run/manifest.json", b"{}")
    put("fleet/a/run/0001-gemm-1.json", b"{}")
    put("fleet/b.json", on(gpu_result({HOST: 5e-3}), "machine.cpu.model", "Other"))
    for source in ("fleet", "fleet/a/run", "fleet/a/run/result.json"):
        code, out, _ = run_reference("yours.json", "--from", source)
        assert (code, out.split(",")[0]) == (0, "reference  fleet/a/run/result.json")
    put("fleet/c.json", gpu_result({HOST: 1.02e-3, LONG: 1e-3}, started="2027-01-01T00:00:00Z"))
    assert "fleet/c.json" in run_reference("yours.json", "--from", "fleet")[1]


def test_files_in_a_folder_that_are_not_results_are_left_out_and_named(
    run_reference: RunCompare,
) -> None:
    put("yours.json", gpu_result({HOST: 1e-3}))
    put("fleet/tsconfig.json", b'{"compilerOptions": {}}')
    put("fleet/a/half.json", encoded(gpu_result({HOST: 1e-3}))[:-9])
    left_out = (
        "left out: 2 files that cannot be read as a result: fleet/a/half.json, "
        "fleet/tsconfig.json; workspan validate says why\n"
    )
    code, out, err = run_reference("yours.json", "--from", "fleet")
    assert (code, out, err) == (
        2,
        "",
        f"workspan: --from fleet: no result file in this folder or below it; {left_out}",
    )
    put("fleet/b.json", on(gpu_result({HOST: 1.01e-3}, gpu=None), "machine.cpu.model", "Other"))
    code, out, err = run_reference("yours.json", "--from", "fleet")
    assert (code, out, err.endswith(f"yours.json; {left_out}")) == (3, "", True)
    put("fleet/b.json", gpu_result({HOST: 1.01e-3}))
    code, out, err = run_reference("yours.json", "--from", "fleet")
    assert (code, err) == (0, "")
    assert f"note: {left_out}" in " ".join(out.split()) + "\n"
    put("results/vm/quick.json", gpu_result({HOST: 1.01e-3}))
    put("results/vm/half.json", b"{")
    assert (
        "note: left out: 1 file that cannot be read as a result: results/vm/half.json;"
        in run_reference("yours.json")[1]
    )
    assert run_reference("yours.json", "--from", "fleet/tsconfig.json")[::2] == (
        2,
        "workspan: fleet/tsconfig.json: $: is not a result file: "
        "it has neither `workspan` nor `benchmarks`\n",
    )


def test_the_exit_code_is_1_only_for_failures_and_verdicts_of_fail_on(
    run_reference: RunCompare,
) -> None:
    put("results/vm/quick.json", gpu_result({HOST: 1e-3, LONG: 1e-3}))
    put("slow.json", gpu_result({HOST: 2e-3}))
    put("fast.json", gpu_result({HOST: 0.5e-3}))
    put("bad.json", on(gpu_result({HOST: 1.01e-3}), "cases", [failed_case(HOST)]))
    put("noisy.json", gpu_result({HOST: 1.3e-3}, noise=0.2))
    codes = {name: run_reference(f"{name}.json")[0] for name in ("slow", "fast", "bad", "noisy")}
    assert codes == {"slow": 0, "fast": 0, "bad": 1, "noisy": 3}
    assert [
        run_reference("slow.json", "--fail-on", word)[0]
        for word in ("slower", "faster", "missing", "none")
    ] == [1, 0, 1, 0]
    assert (
        run_reference("slow.json", "--threshold", "99%")[1].count("\nSLOWER 1: by more than 99 %")
        == 1
    )


def test_if_no_reference_fits_one_line_lists_those_available(run_reference: RunCompare) -> None:
    put("yours.json", gpu_result({HOST: 1e-3}, gpu=None))
    put("results/vm/quick.json", on(gpu_result({HOST: 1.01e-3}), "machine.cpu.model", "Other"))
    code, out, err = run_reference("yours.json")
    assert (code, out) == (3, "")
    assert err == (
        "workspan: no reference for this hardware (Test CPU, 2 cores, 2 usable; no GPU); "
        "there are results/vm/quick.json (Other, 2 cores, 2 usable; H100). "
        "How much faster one machine is: "
        "workspan compare results/vm/quick.json yours.json\n"
    )
    same_words = on(gpu_result({HOST: 1.01e-3}, gpu=None), "machine.cpu.caches", caches(2, 524288))
    put("results/vm/quick.json", on(same_words, "machine.cpu.flags", ["fma", "avx2"]))
    assert (
        "there are results/vm/quick.json (Test CPU, 2 cores, 2 usable; no GPU; L2 cache 524 kB, "
        "here 1.05 MB; vector instructions avx2, here none more). "
    ) in run_reference("yours.json")[2]
    put("results/vm/quick.json", on(gpu_result({HOST: 1.01e-3}), "machine.cpu.model", "Other"))
    put("results/vm/more.json", on(gpu_result({LONG: 1e-3}), "machine.cpu.model", "Other"))
    assert run_reference("yours.json")[2].count("(Other, 2 cores, 2 usable; H100)") == 1
    assert run_reference("yours.json", "--from", "results/vm/quick.json")[0] == 3
    Path("results/vm/more.json").unlink()
    assert run_reference("results/vm/quick.json")[2].startswith(
        "workspan: results/vm/quick.json is itself the only reference for this hardware; --from"
    )


def test_a_reference_is_not_compared_with_itself(run_reference: RunCompare) -> None:
    put("results/vm/a.json", gpu_result({HOST: 1e-3}))
    put("results/vm/b.json", gpu_result({HOST: 1.01e-3}))
    _, out, _ = run_reference("results/vm/a.json")
    assert out.startswith("reference  results/vm/b.json")
    assert "left out as a reference: results/vm/a.json" in out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["yours.json"], "no reference results beside this package"),
        (["yours.json", "--from", "nowhere"], "nowhere: no such file or run"),
        (
            ["yours.json", "--from", "empty"],
            "--from empty: no result file in this folder or below it",
        ),
        (
            ["yours.json", "--from", "cut-off"],
            "was cut off before it had a result; finish it with: workspan run --resume cut-off",
        ),
        (
            ["yours.json", "--from", "foreign.json"],
            "foreign.json: $: is Google Benchmark JSON of another program",
        ),
        (["yours.json", "--from", "torn"], "torn/x.json"),
        (["yours.json", "--from", "torn/x.json"], "torn/x.json: "),
        (
            ["yours.json", "--from", ""],
            "workspan: --from: the name is empty; "
            "name a result file, a run, or a folder of results\n",
        ),
        (["foreign.json", "--from", "yours.json"], "--reference needs a result file of workspan"),
        (["missing.json", "--from", "yours.json"], "missing.json: no such file or run"),
        (["yours.json", "other.json"], "--reference takes OLD alone"),
        (["yours.json", "--by", "variant"], "--reference takes OLD alone"),
        (["yours.json", "--threshold", "x"], "--threshold: 'x'"),
    ],
)
def test_a_mistake_gets_one_line(run_reference: RunCompare, words: list[str], says: str) -> None:
    put("yours.json", gpu_result({HOST: 1e-3}))
    put("foreign.json", foreign())
    put("torn/x.json", b'{"workspan": ')
    put("cut-off/manifest.json", b"{}")
    Path("empty").mkdir()
    code, out, err = run_reference(*words)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert says in err


def test_from_goes_with_reference(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["compare", "a", "b", "--from", "c"]) == 2
    assert capsys.readouterr().err == "workspan: --from requires --reference\n"


def in_another_order(i: CaseInvocation) -> CaseInvocation:
    """The same samples, so the same time, of what is another measurement."""
    lists = {name: getattr(i, name)[::-1] for name in ("wall", "cpu", "runs", "waited", "clean")}
    return msgspec.structs.replace(i, **lists)


@pytest.mark.parametrize("path", COMMITTED, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_committed_results_are_references_of_their_own_hardware(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = read_result(path)
    first = next(case for case in file.workspan.cases if case.status is Status.OK)
    other = [
        msgspec.structs.replace(c, invocations=[*map(in_another_order, c.invocations)])
        for c in file.workspan.cases
    ]
    put(str(tmp_path / "yours.json"), on(file, "cases", other))
    assert invoke(["compare", "--reference", str(tmp_path / "yours.json"), "--format", "csv"]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert any(line.startswith(f"{first.name},") and ",NORMAL," in line for line in rows)


def test_the_page_says_how_far_two_processes_on_one_gpu_agree(
    capsys: pytest.CaptureFixture[str],
) -> None:
    page = (ROOT / "docs/comparing.md").read_text()
    said = re.search(
        r"agree that far in (\d+) of (\d+) cases \(`workspan compare --reference\s+(\S+)`\)", page
    )
    assert said
    assert invoke(["compare", "--reference", str(ROOT / said[3]), "--format", "json"]) == 0
    rows = [row for row in json.loads(capsys.readouterr().out)["rows"] if row["effect"]]
    assert [sum(row["verdict"] == "NORMAL" for row in rows), len(rows)] == [
        int(said[1]),
        int(said[2]),
    ]

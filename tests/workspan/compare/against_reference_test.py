# SPDX-License-Identifier: Apache-2.0
"""workspan compare --reference: where references are, what is normal, and what is said where none fits."""

import io
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from comparing import encoded, on
from paths import ROOT
from references import E2E, GPU, HOST, LONG, changed_case, failed, held, made
from rich.console import Console
from sample_results import COMMITTED, foreign

from workspan.cli.app import invoke
from workspan.compare.against_reference import Named, hold_against
from workspan.compare.reference_band import Bands
from workspan.report.comparison_sheet import details, sheet_of
from workspan.report.comparison_terminal import print_table
from workspan.resultfile import find as place
from workspan.resultfile.model import CaseInvocation, CaseWarning, ResultFile, Status
from workspan.resultfile.read import read_result

Say = Callable[..., tuple[int, str, str]]


HELD = CaseWarning(code="gpu_clock_held", detail="SW power cap: after 3 of 8 samples")


@pytest.fixture
def say(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Say:
    """Runs the command in a folder where results/ is the repository's; exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(place, "COMMITTED", tmp_path / "results")

    def run(*words: str) -> tuple[int, str, str]:
        code = invoke(["compare", "--reference", *words])
        return code, *capsys.readouterr()

    return run


def put(path: str, file: ResultFile | bytes) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(file if isinstance(file, bytes) else encoded(file))


@pytest.mark.parametrize(
    ("ratio", "verdict"),
    [
        (1.001, "NORMAL"),
        (1.09, "NORMAL"),
        (0.92, "NORMAL"),
        (1.12, "SLOWER"),
        (0.88, "FASTER"),
        (2.0, "SLOWER"),
    ],
)
def test_normal_is_a_band_around_the_reference(ratio: float, verdict: str) -> None:
    assert (
        held(made({HOST: 1e-3 * ratio}, started="2026-01-01T00:00:00Z"), made({HOST: 1e-3}))[HOST][
            0
        ]
        == verdict
    )


@pytest.mark.parametrize(("name", "time"), [(E2E, 1e-3), (GPU, 9e-6), (HOST, 9e-6)])
def test_what_drifts_more_has_the_wider_band(name: str, time: float) -> None:
    assert held(made({name: time * 1.2}), made({name: time}))[name][:1] == ("NORMAL",)
    assert held(made({name: time * 1.3}), made({name: time}))[name][:1] == ("SLOWER",)
    found = held(made({name: time * 1.2}), made({name: time}), bands=Bands(0.1, 0.1))
    assert found[name][:2] == ("SLOWER", "by more than 10 %, its whole interval too")


def test_memory_bound_cases_of_the_host_have_the_wider_band() -> None:
    names = {"copy/seq/n:8/threads:1": 1e-3, HOST: 1e-3}
    large = msgspec.structs.replace(made(names).workspan.cases[0].footprint, host_shared=1e9)
    files = [made({name: time * k for name, time in names.items()}) for k in (1.2, 1.0)]
    files = [
        changed_case(
            changed_case(f, "copy/seq/n:8/threads:1", footprint=large),
            HOST,
            footprint=large,
            rate_unit="flops",
            ceiling="fma",
        )
        for f in files
    ]
    found = held(*files)
    assert [found[name][0] for name in names] == ["NORMAL", "SLOWER"]


def test_an_interval_that_reaches_into_the_band_is_no_verdict() -> None:
    row = held(made({HOST: 1.15e-3}, noise=0.05), made({HOST: 1e-3}, noise=0.05))[HOST]
    assert row[:2] == (
        "INCONCLUSIVE",
        "looks slower by more than 10 %, but its interval does not exclude less",
    )


def test_of_one_process_the_interval_is_what_those_of_both_times_allow() -> None:
    yours, reference = (made({HOST: time}, invocations=1) for time in (1.2e-3, 1e-3))
    yours, reference = (
        changed_case(f, HOST, interval=(t * 0.98, t * 1.02))
        for f, t in ((yours, 1.2e-3), (reference, 1e-3))
    )
    report = hold_against(Named("yours", yours), [Named("r", reference)], Bands())
    assert report.rows[0].interval == pytest.approx(
        (1.2 * 0.98 / 1.02, 1.2 * 1.02 / 0.98), rel=1e-3
    )
    assert (
        "a side is of one process: its interval knows nothing of how processes differ"
        in report.notes
    )
    without = hold_against(
        Named("yours", changed_case(yours, HOST, interval="none")), [Named("r", reference)], Bands()
    )
    assert (without.rows[0].verdict.value, without.rows[0].interval) == ("NORMAL", None)


def test_what_one_side_lacks_is_counted_apart() -> None:
    yours = made({HOST: 1e-3, "gemm/omp/n:8/threads:2": 1e-3})
    yours = on(
        yours,
        "cases",
        [*yours.workspan.cases, failed(GPU), failed("fft/cuda/n:8/threads:1", "skipped")],
    )
    found = held(yours, made({HOST: 1.01e-3, GPU: 1e-3, LONG: 1e-3}))
    assert {name: row[0] for name, row in found.items()} == {
        HOST: "NORMAL",
        "gemm/omp/n:8/threads:2": "ONLY_NEW",
        GPU: "BROKEN",
        LONG: "ONLY_OLD",
    }
    assert found[LONG][1] == "not in yours"
    assert found["gemm/omp/n:8/threads:2"][1] == "not in the reference"
    assert found[GPU][1] == "ok in the reference, not in yours"


def test_another_clock_another_cost_and_warnings_are_told() -> None:
    def at(time: float, mhz: float) -> ResultFile:
        file = made({GPU: time})
        clocked: list[CaseInvocation] = [
            msgspec.structs.replace(i, sm_mhz=[mhz] * 3) for i in file.workspan.cases[0].invocations
        ]
        return changed_case(file, GPU, invocations=clocked)

    slow = changed_case(at(1.5e-3, 1410), GPU, warnings=[HELD])
    other = msgspec.structs.replace(slow.workspan.cases[0].cost, flops=1.0)
    for yours, said in (
        (
            slow,
            [
                "the GPU's clock was 1410 MHz, 1980 in the reference",
                "GPU clock throttled: SW power cap: after 3 of 8 samples",
            ],
        ),
        (at(1e-3, 1970), []),
        (
            changed_case(at(1e-3, 1980), GPU, cost=other),
            ["the work of a run is stated otherwise in the reference"],
        ),
    ):
        report = hold_against(Named("yours", yours), [Named("r", at(1.01e-3, 1980))], Bands())
        assert details(report.rows[0]) == said


def test_judgements_on_your_case_are_told_beside_a_difference() -> None:
    read = "read/seq/n:8/threads:1"
    yours, reference = made({HOST: 1e-3, read: 9e-3}), made({HOST: 1e-3, read: 1e-3})
    idle = [msgspec.structs.replace(i, cpu_share=0.5) for i in yours.workspan.cases[1].invocations]
    report = hold_against(
        Named("yours", changed_case(yours, read, invocations=idle)),
        [Named("r", reference)],
        Bands(),
    )
    rows = {row.name: row for row in report.rows}
    assert rows[HOST].warnings == ()
    assert [w.code for w in rows[read].warnings] == ["idle"]


def test_what_differs_is_told_once_or_with_the_name_of_the_reference() -> None:
    yours = on(made({HOST: 1e-3, LONG: 1e-3}), "build.compiler", "Clang")
    one, other = made({HOST: 1.01e-3}), on(made({LONG: 1.01e-3}), "machine.kernel", "7")
    report = hold_against(
        Named("yours", yours), [Named("one", one), Named("other", other)], Bands()
    )
    assert [(d.what, d.old, d.new) for d in report.differences] == [
        ("build.compiler", "x", "Clang"),
        ("machine.kernel (other)", "7", "6"),
    ]
    assert report.old.count("; ") == 1


def test_the_repositorys_references_are_found_but_not_local_runs(say: Say) -> None:
    put("yours.json", made({HOST: 1e-3, LONG: 2e-3, GPU: 1e-3}))
    put("results/vm/quick.json", made({HOST: 1.01e-3, LONG: 1e-3}))
    put("results/local/run/result.json", made({HOST: 5e-3}))
    put("results/local/x.json", made({HOST: 5e-3}, invocations=9))
    code, out, err = say("yours.json")
    assert (code, err) == (0, "")
    assert out.startswith(
        "reference  results/vm/quick.json, 2026-01-02 03:04 UTC, quick, 3 invocations, x with changes, for host cases\n"
    )
    assert "3 cases: 1 slower, 1 only in yours, 1 normal" in out
    assert "ONLY_YOURS 1: not in the reference" in out
    assert [line.split() for line in out.splitlines() if LONG in line] == [
        [LONG, "1.00", "ms", "2.00", "ms", "2.00", "1.99", "..", "2.01"]
    ]
    assert "reference    yours  ratio  95 % interval" in out
    assert not {"old", "new"} & set(out.replace(",", " ").split())


def test_references_by_name_are_a_file_a_run_or_a_folder(say: Say) -> None:
    put("yours.json", made({HOST: 1e-3}))
    put("fleet/a/run/result.json", made({HOST: 1.01e-3}))
    put("fleet/a/run/manifest.json", b"{}")
    put("fleet/a/run/0001-gemm-1.json", b"{}")
    put("fleet/b.json", on(made({HOST: 5e-3}), "machine.cpu.model", "Other"))
    for source in ("fleet", "fleet/a/run", "fleet/a/run/result.json"):
        code, out, _ = say("yours.json", "--from", source)
        assert (code, out.split(",")[0]) == (0, "reference  fleet/a/run/result.json")
    put("fleet/c.json", made({HOST: 1.02e-3, LONG: 1e-3}, started="2027-01-01T00:00:00Z"))
    assert "fleet/c.json" in say("yours.json", "--from", "fleet")[1]


def test_what_is_no_result_in_a_folder_is_left_out_and_named(say: Say) -> None:
    put("yours.json", made({HOST: 1e-3}))
    put("fleet/tsconfig.json", b'{"compilerOptions": {}}')
    put("fleet/a/half.json", encoded(made({HOST: 1e-3}))[:-9])
    left_out = "left out: 2 files that cannot be read as a result: fleet/a/half.json, fleet/tsconfig.json; workspan validate says why\n"
    code, out, err = say("yours.json", "--from", "fleet")
    assert (code, out, err) == (
        2,
        "",
        f"workspan: --from fleet: no result file in this folder or below it; {left_out}",
    )
    put("fleet/b.json", on(made({HOST: 1.01e-3}, gpu=None), "machine.cpu.model", "Other"))
    code, out, err = say("yours.json", "--from", "fleet")
    assert (code, out, err.endswith(f"yours.json; {left_out}")) == (3, "", True)
    put("fleet/b.json", made({HOST: 1.01e-3}))
    code, out, err = say("yours.json", "--from", "fleet")
    assert (code, err) == (0, "")
    assert f"note: {left_out}" in out
    put("results/vm/quick.json", made({HOST: 1.01e-3}))
    put("results/vm/half.json", b"{")
    assert (
        "note: left out: 1 file that cannot be read as a result: results/vm/half.json;"
        in say("yours.json")[1]
    )
    assert say("yours.json", "--from", "fleet/tsconfig.json")[::2] == (
        2,
        "workspan: fleet/tsconfig.json: $: is not a result file: "
        "it has neither `workspan` nor `benchmarks`\n",
    )


def test_the_exit_code_is_1_only_for_what_failed_or_was_asked_for(say: Say) -> None:
    put("results/vm/quick.json", made({HOST: 1e-3, LONG: 1e-3}))
    put("slow.json", made({HOST: 2e-3}))
    put("fast.json", made({HOST: 0.5e-3}))
    put("bad.json", on(made({HOST: 1.01e-3}), "cases", [failed(HOST)]))
    put("noisy.json", made({HOST: 1.3e-3}, noise=0.2))
    codes = {name: say(f"{name}.json")[0] for name in ("slow", "fast", "bad", "noisy")}
    assert codes == {"slow": 0, "fast": 0, "bad": 1, "noisy": 3}
    assert [
        say("slow.json", "--fail-on", word)[0] for word in ("slower", "faster", "missing", "none")
    ] == [1, 0, 1, 0]
    assert say("slow.json", "--threshold", "99%")[1].count("\nSLOWER 1: by more than 99 %") == 1


def test_where_none_fits_one_line_says_what_there_is(say: Say) -> None:
    put("yours.json", made({HOST: 1e-3}, gpu=None))
    put("results/vm/quick.json", on(made({HOST: 1.01e-3}), "machine.cpu.model", "Other"))
    code, out, err = say("yours.json")
    assert (code, out) == (3, "")
    assert err == (
        "workspan: no reference of this hardware (Test CPU, 2 cores, 2 usable; no GPU); there are results/vm/quick.json (Other, 2 cores, "
        "2 usable; H100). What each machine reaches of its own ceilings: workspan compare --cross results/vm/quick.json yours.json\n"
    )
    put("results/vm/more.json", on(made({LONG: 1e-3}), "machine.cpu.model", "Other"))
    assert say("yours.json")[2].count("(Other, 2 cores, 2 usable; H100)") == 1
    assert say("yours.json", "--from", "results/vm/quick.json")[0] == 3
    Path("results/vm/more.json").unlink()
    assert say("results/vm/quick.json")[2].startswith(
        "workspan: results/vm/quick.json is itself the only reference of this hardware; --from"
    )


def test_a_reference_is_not_held_against_itself(say: Say) -> None:
    put("results/vm/a.json", made({HOST: 1e-3}))
    put("results/vm/b.json", made({HOST: 1.01e-3}))
    _, out, _ = say("results/vm/a.json")
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
            "workspan: --from: the name is empty; name a result file, a run, or a folder of results\n",
        ),
        (["foreign.json", "--from", "yours.json"], "--reference needs a result file of workspan"),
        (["missing.json", "--from", "yours.json"], "missing.json: no such file or run"),
        (["yours.json", "other.json"], "--reference takes OLD alone"),
        (["yours.json", "--by", "variant"], "--reference takes OLD alone"),
        (["yours.json", "--cross"], "--reference takes OLD alone"),
        (["yours.json", "--threshold", "x"], "--threshold: 'x'"),
    ],
)
def test_a_mistake_gets_one_line(say: Say, words: list[str], says: str) -> None:
    put("yours.json", made({HOST: 1e-3}))
    put("foreign.json", foreign())
    put("torn/x.json", b'{"workspan": ')
    put("cut-off/manifest.json", b"{}")
    Path("empty").mkdir()
    code, out, err = say(*words)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert says in err


def test_from_goes_with_reference(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["compare", "a", "b", "--from", "c"]) == 2
    assert capsys.readouterr().err == "workspan: --from goes with --reference\n"


def test_every_format_names_the_reference_of_each_case(say: Say) -> None:
    put("yours.json", made({HOST: 1.2e-3, LONG: 1e-3}))
    put("results/a/quick.json", made({HOST: 1e-3}))
    put("results/b/quick.json", made({LONG: 1e-3 + 1e-6}))
    for form in ("table", "markdown", "json", "csv"):
        code, out, _ = say("yours.json", "--format", form)
        assert code == 0
        assert out.count("results/a/quick.json") == (1 if form == "csv" else 2), form
    found = json.loads(say("yours.json", "--format", "json")[1])
    assert found["reference"] is True
    assert [(row["name"], row["against"]) for row in found["rows"]] == [
        (HOST, "results/a/quick.json"),
        (LONG, "results/b/quick.json"),
    ]
    for fail_on, failures in (("none", "0"), ("slower", "1")):
        root = ET.fromstring(say("yours.json", "--format", "junit", "--fail-on", fail_on)[1])
        assert (root.get("tests"), root.get("failures"), root.get("skipped")) == (
            "2",
            failures,
            "0",
        )
        assert [p.get("name") for p in root.iter("property")] == ["reference", "yours"]


def test_junit_has_the_words_of_the_table(say: Say) -> None:
    put("yours.json", made({HOST: 10.7e-3}))
    put("results/a/quick.json", made({HOST: 1e-3, LONG: 1e-3}))
    root = ET.fromstring(say("yours.json", "--format", "junit", "--fail-on", "missing")[1])
    assert [e.text for e in root.iter("system-out")] == [
        "SLOWER ratio 10.7 (10.7 .. 10.7): by more than 10 %, its whole interval too"
    ]
    assert [(e.get("type"), e.text) for e in root.iter("failure")] == [
        ("ONLY_REFERENCE", "ONLY_REFERENCE: not in yours")
    ]


def test_what_many_cases_lack_is_named_by_variant(say: Say) -> None:
    put("yours.json", made({HOST: 1e-3}))
    put(
        "results/a/quick.json",
        made(
            {HOST: 1.01e-3}
            | {f"fft/{v}/n:{n}/threads:1": 1e-3 for v in ("seq", "omp") for n in range(1, 5)}
        ),
    )
    _, out, _ = say("yours.json")
    assert "ONLY_REFERENCE 8: not in yours; --format csv names each\n    fft/seq fft/omp\n" in out
    assert "9 cases: 8 only in reference, 1 normal" in out


def test_other_sizes_are_told_by_the_preset_that_has_them(say: Say) -> None:
    put("yours.json", made({HOST: 1e-3}, preset="smoke"))
    put("results/a/quick.json", made({LONG: 1e-3}))
    code, out, _ = say("yours.json")
    assert code == 3
    assert "note: no case in common; the reference was measured with --preset quick\n" in out


def test_a_narrow_terminal_shows_both_times_and_the_interval() -> None:
    name = "histogram/cuda/n:268435456/input:uniform/threads:1"
    report = hold_against(
        Named("yours", made({name: 2e-3})), [Named("r", made({name: 1e-3}))], Bands()
    )
    out = io.StringIO()
    print_table(
        sheet_of(report), Console(file=out, force_terminal=True, width=60, color_system=None)
    )
    rows = [" ".join(line.split()) for line in out.getvalue().splitlines() if " 2.00" in line]
    assert rows == ["1.00 ms 2.00 ms 2.00 1.99 .. 2.01"]
    assert "left out" not in out.getvalue()


def test_filter_holds_for_both(say: Say) -> None:
    put("yours.json", made({HOST: 1e-3, LONG: 1e-3}))
    put("results/a/quick.json", made({HOST: 1.01e-3, LONG: 1.01e-3, "fft/seq/n:8/threads:1": 1e-3}))
    assert "1 case: 1 normal" in say("yours.json", "--filter", "n:16")[1]
    put("yours.json", made({HOST: 1e-3, "sort/seq/n:8/threads:1": 1e-3}))
    code, out, _ = say("yours.json", "--filter", "sort")
    assert (code, out.splitlines()[0]) == (3, "reference  none that has these cases")
    assert "note: no case in common\n" in out
    Path("yours.json").unlink()
    put("yours.json", made({HOST: 1e-3}))
    assert say("yours.json", "--filter", "sort") == (
        3,
        "",
        "workspan: no case matches --filter sort\n",
    )


@pytest.mark.parametrize("path", COMMITTED, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_committed_results_are_references_of_their_own_hardware(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = read_result(path)
    first = next(case for case in file.workspan.cases if case.status is Status.OK)
    other = [
        msgspec.structs.replace(
            c, invocations=[msgspec.structs.replace(i, wall=i.wall[::-1]) for i in c.invocations]
        )
        for c in file.workspan.cases
    ]
    put(str(tmp_path / "yours.json"), on(file, "cases", other))
    assert invoke(["compare", "--reference", str(tmp_path / "yours.json"), "--format", "csv"]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert any(line.startswith(f"{first.name},") and ",NORMAL," in line for line in rows)


def test_the_readme_says_how_far_two_processes_on_one_gpu_agree(
    capsys: pytest.CaptureFixture[str],
) -> None:
    readme = (ROOT / "README.md").read_text()
    said = re.search(
        r"agree that far in (\d+) of (\d+) cases \(`workspan compare --reference\s+(\S+)`\)", readme
    )
    assert said
    assert invoke(["compare", "--reference", str(ROOT / said[3]), "--format", "json"]) == 0
    rows = [row for row in json.loads(capsys.readouterr().out)["rows"] if row["effect"]]
    assert [sum(row["verdict"] == "NORMAL" for row in rows), len(rows)] == [
        int(said[1]),
        int(said[2]),
    ]

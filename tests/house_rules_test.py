# SPDX-License-Identifier: Apache-2.0
"""The house rules that a machine can check: who includes and imports whom, words, lengths."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from design import design_table

from workspan.stats.intervals import CONFIDENCE

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted(
    p
    for folder in ("harness", "cpu", "gpu")
    for p in (ROOT / folder).rglob("*")
    if p.suffix in {".hpp", ".cpp", ".cuh", ".cu"}
)


def listed(name: str) -> list[str]:
    """The words of a list in CMakeLists.txt."""
    found = re.search(rf"set\({name}([^)]*)\)", (ROOT / "CMakeLists.txt").read_text())
    return found.group(1).split()


HOST_WORKLOADS, DEVICE_WORKLOADS = listed("HOST_WORKLOADS"), listed("DEVICE_WORKLOADS")
WORKLOADS = [*listed("WORKLOADS"), *HOST_WORKLOADS, *DEVICE_WORKLOADS]
CONTRACTS = {f"harness/contracts/{name}.hpp" for name in WORKLOADS}


def include_rows() -> Iterator[tuple[list[str], int, set[str]]]:
    """Who may include whom, by row: files and folders, their layer, and what they may include."""
    vocabulary: set[str] = set()
    for files, layer, allowed in design_table("in | layer | may include"):
        row = re.findall(r"`([^`]+)`", files)
        if int(layer) <= 1 and not row[0].endswith("/"):
            vocabulary |= set(row)
        own = set() if row == ["contracts/"] else set(row)
        common = vocabulary if "the vocabulary" in allowed else set()
        yield row, int(layer), {*re.findall(r"`([^`]+)`", allowed), *own, *common}


def is_of(file: str, name: str) -> bool:
    """Whether harness/plan/plan.hpp is of plan/, or harness/openmp.cpp of openmp."""
    place = name if name.startswith(("cpu/", "gpu/")) else f"harness/{name}"
    return file.startswith(place) if place.endswith("/") else file in files_named(place)


def files_named(place: str) -> set[str]:
    return {place} if Path(place).suffix else {f"{place}.hpp", f"{place}.cpp"}


INCLUDES = {name: allowed for row, _, allowed in include_rows() for name in row}
LAYERS = {name: layer for row, layer, _ in include_rows() for name in row}


def ours(path: Path) -> set[str]:
    """The project's own files that a file includes."""
    return set(re.findall(r'^#include "([^"]+)"', path.read_text(), re.M))


def foreign(path: Path) -> set[str]:
    """The headers of the system and of libraries that a file includes."""
    return set(re.findall(r"^#include <([^>]+)>", path.read_text(), re.M))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def contracts_in(path: Path) -> set[str]:
    return {include for include in ours(path) if include.startswith("harness/contracts/")}


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_file_keeps_the_rules(path: Path) -> None:
    text = path.read_text()
    assert text.startswith("// SPDX-License-Identifier: Apache-2.0\n")
    assert not re.search(r"^\s*#\s*define", text, re.M), "no macros"
    assert not re.search(r"\bvirtual\b", re.sub(r'//.*|"[^"]*"', "", text)), (
        "no inheritance of ours"
    )
    assert ("benchmark/benchmark.h" in text) == (name(path) == "harness/measure/measure.cpp"), (
        "Google Benchmark lives in measure.cpp"
    )
    assert ("CLI/CLI.hpp" in text) == (name(path) == "harness/options/options.cpp"), (
        "CLI11 lives in options.cpp"
    )
    assert ("nlohmann/json.hpp" in text) == (
        name(path) in {"harness/report/machine_json.hpp", "harness/report/trace_file.cpp"}
    ), "JSON lives in result_file.cpp, by machine_json.hpp, and in trace_file.cpp"
    assert all(
        (ROOT / include).exists() or include == "build_info.hpp" for include in ours(path)
    ), "includes name files from the root"


def test_the_vocabulary_includes_only_the_standard_library() -> None:
    assert ours(ROOT / "harness/workload.hpp") == set()
    assert not {h for h in foreign(ROOT / "harness/workload.hpp") if "/" in h or "." in h}


@pytest.mark.parametrize("workload", WORKLOADS)
def test_contract_knows_no_other_contract_no_threads_and_no_time(workload: str) -> None:
    path = ROOT / f"harness/contracts/{workload}.hpp"
    assert not {
        h for h in foreign(path) if "." in h or h in {"thread", "chrono", "mutex", "atomic"}
    }
    assert not re.search(r"^\s*#\s*pragma omp", path.read_text(), re.M)


@pytest.mark.parametrize("path", [p for p in SOURCES if p.parent.name == "cpu"], ids=name)
def test_cpu_knows_its_own_contract_only(path: Path) -> None:
    if path.stem in WORKLOADS:
        headers = [ROOT / include for include in ours(path) if include.startswith("cpu/")]
        known = {contract for file in [path, *headers] for contract in contracts_in(file)}
        assert known == {f"harness/contracts/{path.stem}.hpp"}


@pytest.mark.parametrize("path", [p for p in SOURCES if p.parent.name == "gpu"], ids=name)
def test_gpu_knows_its_own_contract_only(path: Path) -> None:
    assert not {h for h in foreign(path) if h.startswith("fmt/")}
    if path.stem in WORKLOADS:
        assert contracts_in(path) == {f"harness/contracts/{path.stem}.hpp"}


HARNESS = [p for p in SOURCES if name(p).startswith("harness/") and "contracts" not in p.parts]


SUITE = ("suite.cpp", "concurrency_suite.cpp")


def test_the_suite_knows_every_contract() -> None:
    files = [path for path in HARNESS if path.name in SUITE]
    assert set().union(*map(contracts_in, files)) == CONTRACTS


def test_includes_run_downwards_only() -> None:
    for row, layer, allowed in include_rows():
        for one in allowed - set(row):
            below = next(LAYERS[name] for name in LAYERS if one in {name} or one.startswith(name))
            assert below < layer, f"{row} may include {one}"


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_file_includes_only_what_its_row_of_the_design_allows(path: Path) -> None:
    rows = [one for one in INCLUDES if is_of(name(path), one)]
    assert len(rows) == 1, "each folder, and each file beside them, has one row"
    allowed = INCLUDES[rows[0]]
    found = {i for i in ours(path) if not any(is_of(i, one) for one in allowed)}
    assert not found, f"may include {sorted(allowed)}"


@pytest.mark.parametrize("named", INCLUDES)
def test_a_row_of_the_design_names_something(named: str) -> None:
    assert [path for path in SOURCES if is_of(name(path), named)]


@pytest.mark.parametrize("path", HARNESS, ids=name)
def test_only_the_suite_knows_contracts(path: Path) -> None:
    if path.name not in SUITE:
        assert not contracts_in(path)
    assert not {include for include in ours(path) if include.startswith(("cpu/", "gpu/"))}


@pytest.mark.parametrize(
    "path",
    [p for p in HARNESS if p.suffix == ".cpp" and p.name not in {"main.cpp", "suite.cpp"}],
    ids=name,
)
def test_a_source_has_a_header_of_its_name_and_includes_it_first(path: Path) -> None:
    declared_elsewhere = {  # machine/parts.hpp: the parts of this_machine()
        "harness/machine/cpu.cpp": "harness/machine/parts.hpp",
        "harness/machine/system.cpp": "harness/machine/parts.hpp",
        "harness/machine/topology.cpp": "harness/machine/parts.hpp",
    }
    own = declared_elsewhere.get(name(path), name(path.with_suffix(".hpp")))
    assert re.search(r'^#include ["<]([^">]+)', path.read_text(), re.M).group(1) == own


def test_a_workload_is_three_files_a_row_a_line_and_a_word() -> None:
    suite = "".join((ROOT / "harness/suite" / part).read_text() for part in SUITE)
    without = (ROOT / "gpu/without_cuda.cpp").read_text().splitlines()
    for folder, suffix in (("harness/contracts", ".hpp"), ("cpu", ".cpp"), ("gpu", ".cu")):
        for workload in WORKLOADS:
            absent = {".cu": HOST_WORKLOADS, ".cpp": DEVICE_WORKLOADS}.get(suffix, ())
            assert (ROOT / folder / (workload + suffix)).exists() == (workload not in absent)
    for workload in WORKLOADS:
        assert len(re.findall(rf'"{workload}",\s*.contract = (\w+::)?contract', suite)) == 1
        lines = [line for line in without if f"namespace {workload} " in line]
        assert len(lines) == (workload not in HOST_WORKLOADS)
        assert (ROOT / f"tests/contracts/mutants/{workload}.toml").exists(), "its checker is tested"
    assert {p.stem for p in (ROOT / "harness/contracts").iterdir()} == set(WORKLOADS), (
        "every contract is in CMake's list"
    )


SHIPPED = sorted(
    p
    for folder in ("cpu", "gpu", "harness", "scripts")
    for p in (ROOT / folder).rglob("*")
    if p.is_file() and p.suffix not in {".json", ".pyc"} and "egg-info" not in str(p)
)


CMAKE = [ROOT / "CMakeLists.txt", ROOT / "tests/CMakeLists.txt"]


@pytest.mark.parametrize("path", [*SHIPPED, *CMAKE], ids=name)
def test_lines_have_at_most_100_columns(path: Path) -> None:
    lines = path.read_text().splitlines()
    assert not [n for n, line in enumerate(lines, 1) if len(line) > 100]


def test_files_are_short() -> None:
    long = {name(p): n for p in SOURCES if (n := len(p.read_text().splitlines())) > 300}
    assert not long


PYTHON = sorted(
    p for folder in ("scripts/workspan", "tests") for p in (ROOT / folder).rglob("*.py")
)


@pytest.mark.parametrize("path", PYTHON, ids=name)
def test_python_file_keeps_the_rules(path: Path) -> None:
    text = path.read_text()
    assert text.startswith("# SPDX-License-Identifier: Apache-2.0\n")
    assert len(text.splitlines()) <= (300 if name(path).startswith("scripts/") else 400)


@pytest.mark.parametrize("path", [p for p in PYTHON if "scripts" in p.parts], ids=name)
def test_python_functions_are_short(path: Path) -> None:
    nodes = ast.walk(ast.parse(path.read_text()))
    functions = [n for n in nodes if isinstance(n, ast.FunctionDef)]
    assert not [f.name for f in functions if (f.end_lineno or 0) - f.lineno + 1 > 40]


def function_lengths(path: Path) -> Iterator[tuple[int, int]]:
    """First line and length of each function. clang-format gives the brace that opens its body a
    line; its signature begins after the last comment, directive, statement or block."""
    lines = path.read_text().splitlines()
    for brace in (k for k, line in enumerate(lines) if line.strip() == "{"):
        end = lines[brace].replace("{", "}")
        last = next(k for k in range(brace, len(lines)) if lines[k].startswith(end))
        first = brace
        while not re.search(r"^\s*(//|#|$)|[;{}:](\s*//.*)?$", lines[first - 1]):
            first -= 1
        yield first + 1, last - first + 1


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_functions_are_short(path: Path) -> None:
    assert not [line for line, length in function_lengths(path) if length > 40]


@pytest.mark.parametrize("path", [p for p in PYTHON if p.parent.name == "cli"], ids=name)
def test_commands_import_nothing_slow_before_they_run(path: Path) -> None:
    slow = "numpy|scipy|pandas|pyarrow|matplotlib|plotext"
    assert not re.findall(rf"^(?:import|from) ({slow})", path.read_text(), re.M)


def string_literals(path: Path) -> list[str]:
    """Messages, help and docstrings; of C++ the literals outside comments."""
    text = path.read_text()
    if path.suffix == ".py":
        constants = [n.value for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Constant)]
        return [value for value in constants if isinstance(value, str)]
    return re.findall(r'"((?:[^"\\\n]|\\.)*)"', re.sub(r"^\s*//.*$", "", text, flags=re.M))


@pytest.mark.parametrize(
    "path",
    [p for p in SOURCES if "harness" in p.parts] + [p for p in PYTHON if "scripts" in p.parts],
    ids=name,
)
def test_messages_say_is_not_a(path: Path) -> None:
    """Native English: `X is not a time`, not `X is no time`; `unknown X`, not `there is no X`."""
    private = re.compile(r" is no (?!longer |more than )")
    assert not [text for text in string_literals(path) if private.search(text)]


def test_every_workflow_that_the_pages_name_is_there() -> None:
    named = re.search(
        r"`cmake --workflow --preset (\S+)` \(also ([^)]*)\)",
        (ROOT / "docs/running.md").read_text(),
    )
    presets = json.loads((ROOT / "CMakePresets.json").read_text())["workflowPresets"]
    steps = {
        preset["name"]: [(step["type"], step["name"]) for step in preset["steps"]]
        for preset in presets
    }
    assert set(steps) == {named.group(1), *re.findall(r"`([^`]+)`", named.group(2))}
    assert all(
        found == [("configure", name), ("build", name), ("test", name)]
        for name, found in steps.items()
    )


def test_the_binary_and_the_package_name_what_holds_a_gpus_clock_down_alike() -> None:
    of_binary = re.findall(
        r'\{(0x\w+), "([^"]+)"\}', (ROOT / "harness/machine/nvml.cpp").read_text()
    )
    of_package = re.search(
        r"^REASONS.*?^\}", (ROOT / "scripts/workspan/machine/nvml.py").read_text(), re.S | re.M
    )
    assert of_package
    assert len(of_binary) == 8
    assert [int(bit, 16) for bit, _ in of_binary] == [
        int(bit, 16) for bit in re.findall(r"^    (0x\w+):", of_package.group(), re.M)
    ]
    assert all(
        f'"{name}"' in (ROOT / "scripts/workspan/machine/nvml.py").read_text()
        for _, name in of_binary
    )


def test_the_binary_and_the_package_have_one_level_of_confidence() -> None:
    header = (ROOT / "harness/support/statistics.hpp").read_text()
    found = re.search(r"double kConfidence = ([0-9.]+);", header)
    assert found
    assert float(found.group(1)) == CONFIDENCE

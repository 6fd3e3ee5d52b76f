# SPDX-License-Identifier: Apache-2.0
"""A result file for people: machine, build, run and disturbances line by line, then its table."""

from collections.abc import Iterator
from statistics import median

from rich.console import Console
from rich.table import Table
from rich.text import Text

from workspan.report.cells import room_of, short, without_edge, wrapped
from workspan.report.run_table import print_result
from workspan.resultfile.clean_samples import clean_samples
from workspan.resultfile.core_pairs import contradicts_kernel, words
from workspan.resultfile.google.foreign_file import ForeignFile
from workspan.resultfile.model import InvocationRecord, Machine, ResultFile, Status
from workspan.support.text import quantity
from workspan.support.units import format_bytes, format_time

Fact = tuple[str, str]


def _cpu_counts(machine: Machine) -> str:
    """Cores, hardware threads and NUMA nodes."""
    cpu = machine.cpu
    counts = (
        (cpu.cores, "core"),
        (cpu.hardware_threads, "hardware thread"),
        (cpu.numa_nodes, "NUMA node"),
    )
    return ", ".join(quantity(count, thing) for count, thing in counts)


def _machine(machine: Machine) -> Iterator[Fact]:
    cpu, limits, memory, cuda = machine.cpu, machine.limits, machine.memory, machine.cuda
    yield "machine", f"{cpu.model}, {_cpu_counts(machine)}"
    if cpu.pairs:
        kernel = ", though the kernel says otherwise" if contradicts_kernel(cpu) else ""
        yield "cores", f"{words(cpu.pairs)}{kernel}"
    caches = (
        f"L{c.level} {c.type.lower()} {c.count} x {format_bytes(c.bytes)}" for c in cpu.caches
    )
    yield "caches", ", ".join(caches) or "unknown"
    yield (
        "memory",
        f"{_size(memory.bytes)}, swap {_size(memory.swap)},"
        f" transparent huge pages {memory.transparent_huge_pages}",
    )
    yield (
        "limits",
        f"{quantity(len(limits.allowed_cpus), 'CPU')} allowed, quota {limits.cpu_quota},"
        f" memory {_size(limits.memory_limit)}",
    )
    highest = cpu.highest_mhz if isinstance(cpu.highest_mhz, str) else f"{cpu.highest_mhz} MHz"
    yield "clock", f"governor {cpu.governor}, turbo {cpu.turbo}, highest {highest}"
    yield "system", f"{machine.os}, {machine.kernel}, {machine.virtualisation}"
    yield "GPUs", ", ".join(gpu.name for gpu in cuda.gpus) or f"none ({cuda.why_none})"


def _size(value: float | str) -> str:
    return value if isinstance(value, str) else format_bytes(value)


def _run(file: ResultFile) -> Iterator[Fact]:
    ours = file.workspan
    run, build = ours.run, ours.build
    yield (
        "build",
        f"{build.version} ({build.short_commit()}), {build.type}, {build.compiler} {build.flags}",
    )
    if build.sanitizers:
        yield "sanitizers", build.sanitizers
    spin = ours.environment.openmp_spin
    known_spin = "" if spin == "unknown" else f", idle threads spin: {spin}"
    yield "OpenMP", ours.environment.openmp_runtime + known_spin
    if variables := ours.environment.variables:
        yield "environment", " ".join(f"{name}={value}" for name, value in variables.items())
    many = f"{quantity(run.invocations, 'invocation')} of each workload"
    yield (
        "run",
        f"{run.started} to {run.ended}, preset {run.preset}, {many}, seed {run.seed}",
    )
    share = clean_samples(file).share
    if share is not None:
        yield (
            "samples",
            f"{100 * share:.1f} % of the judged ones clean: their threads had their CPUs",
        )
    if not run.complete:
        yield "INCOMPLETE", "the run ended before everything was measured"


def _records(records: list[InvocationRecord]) -> Iterator[Fact]:
    if not records:
        return
    disturbed = [r for r in records if r.disturbed]
    bad = [r for r in records if r.status is not Status.OK]
    yield "processes", f"{len(records)}: {len(disturbed)} disturbed, {len(bad)} failed"
    for r in bad:
        yield r.status.value, f"{_name(r)}: {r.reason}"
    for r in disturbed:
        yield "disturbed", f"{_name(r)}: {'; '.join(r.disturbed)}"


def _name(r: InvocationRecord) -> str:
    return f"{r.workload} {r.number}" + (f", attempt {r.attempt}" if r.attempt > 1 else "")


def _print_facts(facts: Iterator[Fact], console: Console) -> None:
    """A line each, wrapped beside its name."""
    edgeless, width = without_edge(console), room_of(console)
    for name, value in facts:
        lines = wrapped(f"{name:<11} {short(value)}", width, " " * 12)
        edgeless.print(Text.assemble((lines[:12], "bold"), lines[12:]))


def heading(result: ResultFile) -> str:
    """The top of a table: machine, build and run."""
    ours, cuda = result.workspan, result.workspan.machine.cuda
    gpus = ", ".join(gpu.name for gpu in cuda.gpus) or f"no GPU ({cuda.why_none})"
    host, build, run = ours.machine, ours.build, ours.run
    lines = (
        f"{host.cpu.model}, {quantity(run.all_threads, 'usable thread')},"
        f" {_size(host.memory.bytes)}, {gpus}",
        f"workspan {build.version} ({build.short_commit()}), {build.compiler} {build.flags}",
        f"preset {run.preset}, {quantity(run.invocations, 'process')} per workload,"
        f" begun {run.started}",
    )
    return "\n".join(short(line) for line in lines)


def facts(result: ResultFile) -> Iterator[Fact]:
    """Name and value of everything but the cases; raw text of the file: escape before showing."""
    ours = result.workspan
    yield from _machine(ours.machine)
    yield from _run(result)
    yield from _records(ours.invocations)


def print_info(file: ResultFile | ForeignFile, console: Console | None = None) -> None:
    """Prints machine, build, run and disturbances, then the table of the cases."""
    console = console or Console(highlight=False, markup=False, emoji=False)
    if isinstance(file, ForeignFile):
        _print_foreign(file, console)
        return
    _print_facts(facts(file), console)
    print_result(file, console)


def _print_foreign(file: ForeignFile, console: Console) -> None:
    lines = [
        ("file", "Google Benchmark JSON of another program; repetitions stand in for invocations"),
        *file.context.items(),
    ]
    _print_facts(
        ((short(name), value) for name, value in lines + [("note", note) for note in file.notes]),
        console,
    )
    table = Table(box=None, pad_edge=False, padding=(0, 1), header_style="bold")
    table.add_column("name", overflow="fold")
    for title in ("threads", "time", "repetitions"):
        table.add_column(title, justify="right")
    for series in file.series:
        cells = (str(series.threads), format_time(median(series.seconds)), str(len(series.seconds)))
        table.add_row(Text(short(series.name)), *(Text(cell, no_wrap=True) for cell in cells))
    without_edge(console).print(Text(""), table)

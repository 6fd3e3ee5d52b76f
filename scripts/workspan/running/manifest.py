# SPDX-License-Identifier: Apache-2.0
"""The manifest of a run's folder: its options, binary, machine and plan."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, field

from workspan.resultfile.decode import decode, schema_versions
from workspan.resultfile.fields import Count, Struct, Text, Time, Word
from workspan.resultfile.model import SCHEMA_VERSION, ResultFile
from workspan.resultfile.versions.upgrade import OLD_VERSION, upgrade_result, with_subjects
from workspan.resultfile.versions.version1 import ResultFile1
from workspan.support.presets import Preset, bench_preset

Kind = Literal["run", "ab"]
Seconds = Annotated[float, Meta(gt=0, le=1e9)]


class Options(Struct, frozen=True, kw_only=True):
    """The user's options, in seconds and bytes; empty or None: the default. Fixed for a run."""

    preset: Preset = "quick"
    workload: tuple[Text, ...] = ()
    variant: tuple[Text, ...] = ()
    threads: tuple[Text, ...] = ()
    sizes: tuple[Text, ...] = ()
    invocations: Annotated[int, Meta(ge=1, le=10_000)] | None = None
    time_budget: Seconds | None = None
    timeout: Seconds | None = None
    memory_limit: Annotated[int, Meta(gt=0)] | None = None
    cpus: tuple[Count, ...] = ()
    device: Annotated[int, Meta(ge=0, le=1023)] | None = None
    cold: bool = False
    break_even: bool = False  # further sizes, which depend on what is found
    weak: bool = False
    seed: Annotated[int, Meta(ge=0, le=2**63 - 1)] = 1

    def for_bench(self) -> list[str]:
        """The binary's options for cases and inputs, the same in the plan and all invocations."""
        words = [
            "--preset",
            bench_preset(self.preset),
            "--seed",
            str(self.seed),
        ]
        for name, values in (
            ("--variant", self.variant),
            ("--threads", self.threads),
            ("--sizes", self.sizes),
        ):
            words += [name, ",".join(values)] if values else []
        words += [] if self.device is None else ["--device", str(self.device)]
        words += ["--cold"] if self.cold else []
        words += ["--weak"] if self.weak else []
        return words


class Manifest(Struct, frozen=True, kw_only=True):
    """manifest.json: the facts needed to resume a run safely, and to compare the sides of an ab."""

    schema_version: Literal[2] = SCHEMA_VERSION
    kind: Kind = "run"  # ab: one side of it, which cannot be resumed alone
    label: Text = ""  # of a side, as shown in its report
    environment: dict[Text, Text] = field(default_factory=dict)  # set for this side only
    started: Time
    arguments: list[Text]
    options: Options
    bench: Text
    sha256: Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]
    cpus: list[Count]  # allowed for every process
    memory_limit: Annotated[float, Meta(gt=0)] | None
    plan: ResultFile  # all cases, with the reasons why some cannot run
    workloads: list[Word]  # with at least one case to measure


def decode_manifest(data: bytes, name: str) -> Manifest:
    """A manifest; one of schema 1 in today's schema. Raises InputError."""
    if schema_versions(data)[0] != OLD_VERSION:
        manifest = decode(data, Manifest, name)
        return msgspec.structs.replace(manifest, plan=with_subjects(manifest.plan))
    frozen = [("schema_version", Literal[1]), ("plan", ResultFile1)]
    manifest1 = msgspec.defstruct("Manifest1", frozen, bases=(Manifest,), frozen=True, kw_only=True)
    old = msgspec.structs.asdict(decode(data, manifest1, name))
    return Manifest(
        **(old | {"schema_version": SCHEMA_VERSION, "plan": upgrade_result(old["plan"])})
    )

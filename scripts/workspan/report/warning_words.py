# SPDX-License-Identifier: Apache-2.0
"""The sentences of warnings: one table from codes to words, for facts and judgements alike."""

from typing import Final

from workspan.analysis.ratios.ceilings import LEAST_SHARE
from workspan.resultfile.model import CaseWarning

WORDS: Final = {  # {} is the detail
    # facts, from the file
    "gpu_clock_held": "GPU clock held down: {}",
    "gpu_clock_unsteady": "GPU clock not steady: {}",
    "disturbed": "every attempt at {} was disturbed",
    "disturbed_samples": "disturbed samples count, for lack of six clean ones",
    "no_ceiling": "without its ceiling: {}",
    "partly_cached": "partly cached: {}",
    "skipped_once": "skipped in {}",
    "note": "{}",
    # judgements
    "launch": "launch: half of its time or more is what the shortest kernel takes, so its share of"
    " a ceiling tells nothing",
    "implausible": "implausible: {}; check the cost and the ceiling",
    "above_ceiling": "above its ceiling: {} may have been of another size, or disturbed",
    "weak_baseline": "weak baseline: {} is faster than seq, on one thread too",
    "starved": f"starved: less than {LEAST_SHARE * 100:.0f} % of its threads' time was"
    " spent computing; not used as a ceiling",
    "library_setting": "library setting: {} is set, so the library may be slower than it can be",
    "one_cpu": "one CPU: its tasks shared a single CPU, so its time says nothing about parallel"
    " execution",
    "shared_cache": "shared cache: between L2 and 256 MiB, where other tenants of the cache"
    " are measured too",
}


def sentence(warning: CaseWarning) -> str:
    """The warning in words; `code: detail` for a code of a later version."""
    words = WORDS.get(warning.code)
    if words is None:
        return f"{warning.code}: {warning.detail}" if warning.detail else warning.code
    return words.format(warning.detail)

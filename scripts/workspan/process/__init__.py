# SPDX-License-Identifier: Apache-2.0
"""Child processes; knows nothing of benchmarks."""

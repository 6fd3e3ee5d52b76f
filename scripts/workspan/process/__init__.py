# SPDX-License-Identifier: Apache-2.0
"""Child processes, independent of benchmarks."""

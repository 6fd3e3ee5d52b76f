# SPDX-License-Identifier: Apache-2.0
"""Google Benchmark's format: its types in our files, and the files of other programs."""

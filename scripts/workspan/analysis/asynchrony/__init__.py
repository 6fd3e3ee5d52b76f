# SPDX-License-Identifier: Apache-2.0
"""What asynchrony is used for: I/O, futures, pipelines, shared counters, copies to a GPU."""

# SPDX-License-Identifier: Apache-2.0
"""Timelines: what the tasks of a trace did, and when."""

# SPDX-License-Identifier: Apache-2.0
"""Checks this machine for anything that distorts measurements."""

# SPDX-License-Identifier: Apache-2.0
"""The current state of this machine."""

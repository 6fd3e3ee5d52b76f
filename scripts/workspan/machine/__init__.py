# SPDX-License-Identifier: Apache-2.0
"""What this machine is doing now."""

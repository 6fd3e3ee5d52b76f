# SPDX-License-Identifier: Apache-2.0
"""Two builds measured in interleaved pairs."""

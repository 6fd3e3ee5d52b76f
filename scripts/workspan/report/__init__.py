# SPDX-License-Identifier: Apache-2.0
"""What a person or another tool sees: formats, never decides."""

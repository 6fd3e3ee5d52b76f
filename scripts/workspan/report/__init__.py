# SPDX-License-Identifier: Apache-2.0
"""Output for people and for other tools: formats, never decides."""

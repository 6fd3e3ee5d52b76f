# SPDX-License-Identifier: Apache-2.0
"""Result files of earlier schemas, read as the present one."""

// SPDX-License-Identifier: Apache-2.0
// Files that are written whole or not at all.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>

namespace workspan {

struct WriteError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Throws WriteError, with the reason, if a file cannot be written at `path`; leaves nothing behind.
void check_writable(const std::filesystem::path& path);

// A temporary file beside it, fsync, rename: either the whole text is at `path`, or the previous
// content. A device or a pipe is written to directly. Throws WriteError.
void write_atomically(const std::filesystem::path& path, const std::string& text);

} // namespace workspan

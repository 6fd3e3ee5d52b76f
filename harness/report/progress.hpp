// SPDX-License-Identifier: Apache-2.0
// The current case: as a line on the terminal, if stderr is one, and as a file for other programs.
#pragma once

#include "harness/measure/invocation.hpp"

namespace workspan {

class ProgressLine {
public:
    ProgressLine();
    ~ProgressLine(); // clears the line
    void show(const Progress& progress);

    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

private:
    bool terminal_;
    Seconds last_ = 0;
};

// A file with one line of JSON, rewritten before every sample.
class ProgressFile {
public:
    // An empty path: does nothing. Throws WriteError.
    explicit ProgressFile(const std::filesystem::path& path);
    ~ProgressFile();
    void show(const Progress& progress) const;

    ProgressFile(const ProgressFile&) = delete;
    ProgressFile& operator=(const ProgressFile&) = delete;

private:
    int file_ = -1;
};

std::string progress_line(const Progress& progress, std::size_t columns);

} // namespace workspan

// SPDX-License-Identifier: Apache-2.0
// One line on the terminal that says what is being measured; nothing where stderr is no terminal.
#pragma once

#include "harness/measure/invocation.hpp"

namespace workspan {

class Progress {
public:
    Progress();
    ~Progress(); // clears the line
    void show(const Standing& standing);

    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

private:
    bool terminal_;
    Seconds last_ = 0;
};

// The same for another program: a file whose one line always says what is being measured.
class ProgressFile {
public:
    explicit ProgressFile(
        const std::filesystem::path& path); // empty: does nothing; throws WriteError
    ~ProgressFile();
    void show(const Standing& standing) const;

    ProgressFile(const ProgressFile&) = delete;
    ProgressFile& operator=(const ProgressFile&) = delete;

private:
    int file_ = -1;
};

std::string progress_line(const Standing& standing, std::size_t columns);

} // namespace workspan

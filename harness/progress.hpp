// SPDX-License-Identifier: Apache-2.0
// One line on the terminal that says what is being measured; nothing where stderr is no terminal.
#pragma once

#include "harness/session.hpp"

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

std::string progress_line(const Standing& standing, std::size_t columns);

} // namespace workspan

// SPDX-License-Identifier: Apache-2.0
// What this process has: threads, children, shared memory and open files; and what a run leaves
// behind of them.
#pragma once

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iostream>
#include <unistd.h>

namespace workspan {

// Threads of this process, its children (the ended ones that nobody has waited for, too), and its
// blocks of shared memory.
struct Possessions {
    std::size_t threads = 0, children = 0, shared_blocks = 0;
    bool operator==(const Possessions&) const = default;
};

inline std::ostream& operator<<(std::ostream& out, const Possessions& p)
{
    return out << p.threads << " threads, " << p.children << " children, " << p.shared_blocks
               << " blocks of shared memory";
}

inline Possessions possessions()
{
    Possessions now;
    for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
        ++now.threads;
        std::ifstream children(task.path() / "children");
        for (int pid = 0; children >> pid;)
            ++now.children;
    }
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);)
        now.shared_blocks += line.ends_with("/dev/zero (deleted)") ? 1 : 0;
    return now;
}

// The kernel lists a thread for a moment after it was joined.
inline Possessions possessions_soon_like(const Possessions& expected)
{
    Possessions now = possessions();
    for (int k = 0; k < 100 && !(now == expected); ++k) {
        usleep(10000);
        now = possessions();
    }
    return now;
}

// Runs twice, and the second time nothing is left behind; the first time it may be what a library
// keeps for good. run() returns false if its library is absent.
template <class Run> void expect_nothing_left_behind(Run run)
{
    if (!run())
        GTEST_SKIP() << "skipped: its library is absent";
    const Possessions before = possessions();
    run();
    EXPECT_EQ(possessions_soon_like(before), before);
}

// For a process of a death test, whose lines are what it tells: a line if there is more than
// before.
inline void tell_what_is_left_behind(const Possessions& before)
{
    if (const Possessions after = possessions_soon_like(before); !(after == before))
        std::cerr << "left behind: " << after << ", before: " << before << "\n";
}

inline std::size_t files_in(const std::filesystem::path& folder)
{
    const std::filesystem::directory_iterator files(folder);
    return static_cast<std::size_t>(std::distance(begin(files), end(files)));
}

inline std::size_t open_files() { return files_in("/proc/self/fd"); }

} // namespace workspan

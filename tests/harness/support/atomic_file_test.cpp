// SPDX-License-Identifier: Apache-2.0
#include "harness/support/atomic_file.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

namespace workspan {
namespace {

namespace fs = std::filesystem;

class Folder : public testing::Test {
protected:
    void SetUp() override { fs::create_directories(folder_); }
    void TearDown() override { fs::remove_all(folder_); }
    std::string content(const fs::path& path)
    {
        std::ifstream file(path);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    std::size_t files()
    {
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
    }
    const fs::path folder_ =
        fs::temp_directory_path() / ("workspan-test-" + std::to_string(getpid()));
};

TEST_F(Folder, WritingReplacesWholeAndLeavesNothingElse)
{
    write_atomically(folder_ / "a.json", "old");
    write_atomically(folder_ / "a.json", "new");
    EXPECT_EQ(content(folder_ / "a.json"), "new");
    EXPECT_EQ(files(), 1U);
}

TEST_F(Folder, FailureSaysWhereAndWhyAndKeepsTheOldFile)
{
    EXPECT_THROW(write_atomically(folder_ / "no such folder" / "a.json", "x"), WriteError);
    EXPECT_THROW(check_writable(folder_ / "no such folder" / "a.json"), WriteError);
    EXPECT_THROW(check_writable(folder_), WriteError);
    try {
        write_atomically("/dev/full", std::string(1 << 20, 'x'));
        FAIL() << "a full device was written";
    } catch (const WriteError& e) {
        EXPECT_EQ(std::string(e.what()), "/dev/full: cannot write: No space left on device");
    }
    write_atomically("/dev/null", "x");
}

TEST_F(Folder, CheckingLeavesNothing)
{
    check_writable(folder_ / "a.json");
    EXPECT_EQ(files(), 0U);
}

} // namespace
} // namespace workspan

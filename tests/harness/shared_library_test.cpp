// SPDX-License-Identifier: Apache-2.0
// What is missing is said by its name, and makes a variant unavailable.
#include "harness/shared_library.hpp"

#include "harness/workload.hpp"

#include <gtest/gtest.h>

namespace workspan {
namespace {

template <class Function> std::string unavailable(Function function)
{
    try {
        function();
    } catch (const Unavailable& e) {
        return e.what();
    }
    return "available";
}

TEST(SharedLibrary, HasItsFunctions)
{
    const SharedLibrary library("libm.so.6");
    EXPECT_DOUBLE_EQ(library.function<double(double)>("cbrt")(27), 3);
    EXPECT_DOUBLE_EQ(library.find<double(double)>("cbrt")(8), 2);
}

TEST(SharedLibrary, KnowsItsFile)
{
    const std::filesystem::path file = SharedLibrary("libm.so.6").file();
    EXPECT_EQ(file.filename(), "libm.so.6");
    EXPECT_TRUE(file.is_absolute() && std::filesystem::exists(file)) << file;
}

TEST(SharedLibrary, IsUnavailableIfItIsMissing)
{
    EXPECT_EQ(unavailable([] { SharedLibrary("libnone.so.7"); }),
              "libnone.so.7: cannot open shared object file: No such file or directory");
}

// The reason is of the file that was asked for: one that is there and cannot be loaded has its own.
TEST(SharedLibrary, TheReasonOfAMissingFileCanBeGiven)
{
    EXPECT_EQ(unavailable([] { SharedLibrary("libnone.so.7", "install none"); }), "install none");
    const std::string why = unavailable([] { SharedLibrary("/proc/self/exe/x", "install none"); });
    EXPECT_NE(why.find("/proc/self/exe/x: cannot open shared object file: Not a"), why.npos) << why;
}

TEST(SharedLibrary, AMissingFunctionIsUnavailableOrNull)
{
    const SharedLibrary library("libm.so.6");
    EXPECT_EQ(unavailable([&] { library.function<void()>("cubic"); }), "libm.so.6 has no cubic");
    EXPECT_EQ(library.find<void()>("cubic"), nullptr);
}

} // namespace
} // namespace workspan

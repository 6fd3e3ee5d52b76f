// SPDX-License-Identifier: Apache-2.0
// Every error in CUDA's header is classified as the comment beside it says.
#include "harness/machine/devices.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <regex>
#include <set>

namespace workspan {
namespace {

std::string header()
{
    for (std::string folders = WORKSPAN_CUDA_HEADERS, folder; !folders.empty();) {
        const std::size_t end = std::min(folders.find(';'), folders.size());
        folder = folders.substr(0, end);
        folders.erase(0, end + 1);
        if (std::ifstream file(folder + "/driver_types.h"); file)
            return {std::istreambuf_iterator<char>(file), {}};
    }
    return "";
}

TEST(DeviceError, ExactlyTheStickyErrorsLoseTheContext)
{
    std::string text = header();
    const std::size_t from = text.find("enum __device_builtin__ cudaError");
    ASSERT_NE(from, std::string::npos) << "driver_types.h is not as expected";
    text = text.substr(from, text.find("};", from) - from);
    const std::set<std::string> of_hardware = {
        "cudaErrorECCUncorrectable",
        "cudaErrorNvlinkUncorrectable"}; // their comments do not say so
    std::size_t known = 0;
    for (std::size_t at = 0; (at = text.find("/**", at)) != std::string::npos;) {
        const std::size_t end = text.find("*/", at);
        const std::string comment = text.substr(at, end - at);
        std::smatch words;
        const std::string rest = text.substr(end, 200);
        at = end;
        if (!std::regex_search(rest, words, std::regex(R"(^\*/\s*(\w+)\s*=\s*(\d+))")))
            continue;
        ++known;
        const std::string name = words[1];
        const bool relaunch =
            comment.find("relaunched") != std::string::npos || of_hardware.contains(name);
        const DeviceError expected = name == "cudaSuccess"                 ? DeviceError::none
                                     : name == "cudaErrorMemoryAllocation" ? DeviceError::memory
                                     : relaunch                            ? DeviceError::lost
                                                                           : DeviceError::other;
        EXPECT_EQ(kind_of_error(std::stoi(words[2])), expected) << name;
    }
    EXPECT_GT(known, 100U);
}

} // namespace
} // namespace workspan

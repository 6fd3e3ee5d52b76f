// SPDX-License-Identifier: Apache-2.0
// What comes of a call, or of a run of a variant, in words.
#pragma once

#include "harness/workload.hpp"

#include <exception>
#include <string>

namespace workspan {

// The text that function() returns, or the message of its exception.
template <class Function> std::string said(Function function)
{
    try {
        return function();
    } catch (const std::exception& e) {
        return e.what();
    }
}

// The message of its exception; empty if it returns.
template <class Function> std::string error_of(Function function)
{
    return said([&] {
        function();
        return "";
    });
}

// Of one run: right, wrong, unavailable or failed, and why.
inline std::string outcome(const Variant& variant, const Problem& problem)
{
    try {
        const Trial trial = variant.prepare(problem);
        trial.poison();
        trial.run();
        const CheckResult result = trial.verify();
        return result.ok ? "right" : "wrong: " + result.why;
    } catch (const Unavailable& e) {
        return std::string("unavailable: ") + e.what();
    } catch (const std::exception& e) {
        return std::string("failed: ") + e.what();
    }
}

} // namespace workspan

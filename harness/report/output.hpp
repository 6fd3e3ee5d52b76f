// SPDX-License-Identifier: Apache-2.0
// Where results go: stdout, the result file, the trace. Functions that return an exit code return
// `code` if they succeed.
#pragma once

#include "harness/machine/machine.hpp"
#include "harness/measure/tracing.hpp"
#include "harness/support/atomic_file.hpp"

namespace workspan {

int complain(Exit code, const std::string& line); // one line on stderr; returns the code
int print(const std::string& text, int code);     // stdout may be a file on a full disk

// Puts the option before the message of a file that cannot be written.
template <class Action> auto name_option(const char* option, const Action& open)
{
    try {
        return open();
    } catch (const WriteError& e) {
        throw WriteError(std::string(option) + ": " + e.what());
    }
}

// The finished cases in the formats of files and of stdout.
struct Output {
    const std::vector<CaseResult>& cases;
    const Options& options;
    std::string json;

    std::string text_in(const std::string& format) const;
};

// Writes the file; if its folder has become unwritable, into the folder for temporary files, so no
// measurement is lost.
int save(const Output& output, int code);

int show(const Output& output, const Machine& machine, const std::vector<Workload>& suite,
         int code);

// Throws before anything is measured: if no case can be traced, or a file cannot be written.
void check_trace(const Plan& plan, const Options& options);
void check_outputs(const Options& options);

// Runs the cases once more, with a record of their tasks in a file of its own. The code is not
// kGood if that cannot be written.
int write_trace(const Plan& plan, const Options& options, const Machine& machine,
                std::vector<CaseResult>& cases, const std::atomic<bool>& stop);

} // namespace workspan

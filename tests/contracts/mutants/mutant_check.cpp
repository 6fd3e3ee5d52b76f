// SPDX-License-Identifier: Apache-2.0
// Runs every host variant of a workload, libraries with threads of their own apart, at the awkward
// sizes and the smallest of the catalogue, and says whether one is wrong: exit code 1, with the
// reason; of a workload without host variants those on the device. mutants_test.py links it with
// mutants of kernels, all of which must be caught.
#include "tests/contracts/walk.hpp"

#include <iostream>
#include <memory>

namespace workspan {
namespace {

// A library with threads of its own is linked as it is: no mutant can be in it. The call of memcpy
// stands beside our kernels.
bool is_ours(const Workload& workload, const Variant& variant)
{
    return variant.scope == baseline_of(workload).scope &&
           (variant.ours || variant.threading == Threading::one);
}

// Why the first wrong output is wrong, or nothing.
std::optional<std::string> wrong_run(const Trial& trial)
{
    for (int time = 0; time < 2; ++time) {
        trial.poison();
        trial.run();
        if (const CheckResult result = trial.verify(); !result.ok)
            return result.why;
    }
    return std::nullopt;
}

// Adds to `skipped` why the variant is unavailable, if it is.
std::optional<std::string> wrong_variant(const Workload& workload, const Variant& variant,
                                         std::string& skipped)
{
    for (Problem& problem : awkward_problems(workload, variant, {workload.contract.sizes.front()}))
        for (const int team :
             is_parallel(variant) ? std::vector<int>{1, 2, 3, 7} : std::vector<int>{1})
            for (const Caches& assumed : assumed_caches(variant)) {
                const Assume assume(assumed);
                problem.threads = team;
                auto trial = prepare_if_available(variant, problem);
                if (!trial) {
                    skipped =
                        ", without " + variant.name + ": " + why_unavailable(variant, problem);
                    continue;
                }
                if (const auto why = wrong_run(*trial)) {
                    // kept: a mutant that does not wait may still write into it
                    static_cast<void>(std::make_unique<Trial>(std::move(*trial)).release());
                    return variant.name + ", " + name_of(problem, team) + ": " + *why;
                }
            }
    return std::nullopt;
}

int run(const std::string& name)
{
    for (const Workload& workload : suite())
        if (workload.name == name) {
            std::string skipped;
            for (const Variant& variant : workload.variants)
                if (const auto why = is_ours(workload, variant)
                                         ? wrong_variant(workload, variant, skipped)
                                         : std::nullopt) {
                    std::cout << "caught: " << *why << "\n";
                    return 1;
                }
            std::cout << "all right" << skipped << "\n";
            return 0;
        }
    std::cerr << "mutant_check: unknown workload '" << name << "'\n";
    return 2;
}

} // namespace
} // namespace workspan

int main(int argc, char** argv) { return workspan::run(argc > 1 ? argv[1] : ""); }

// SPDX-License-Identifier: Apache-2.0
// For tests only: the suite, with workloads slowed down. WORKSPAN_TEST_SLOW=triad:1.10,copy:2 makes
// every run of triad take 1.10 times and of copy twice as long. The linker puts this in the place
// of suite() (--wrap); the product knows nothing of it.
#include "harness/support/clock.hpp"

#include <cstdlib>
#include <sstream>

extern "C++" {
std::vector<workspan::Workload> real_suite() asm("__real__ZN8workspan5suiteEv");
std::vector<workspan::Workload> slowed_suite() asm("__wrap__ZN8workspan5suiteEv");
}

namespace {

std::map<std::string, double> factors()
{
    std::map<std::string, double> result;
    const char* const text = std::getenv("WORKSPAN_TEST_SLOW");
    std::istringstream words(text == nullptr ? "" : text);
    for (std::string word; std::getline(words, word, ',');)
        if (const std::size_t colon = word.find(':'); colon != std::string::npos)
            result[word.substr(0, colon)] = std::stod(word.substr(colon + 1));
    return result;
}

std::function<void()> slowed(std::function<void()> run, double factor)
{
    return [run = std::move(run), factor] {
        const workspan::Seconds start = workspan::now();
        run();
        for (const workspan::Seconds end = start + factor * (workspan::now() - start);
             workspan::now() < end;) {
        }
    };
}

} // namespace

std::vector<workspan::Workload> slowed_suite()
{
    std::vector<workspan::Workload> suite = real_suite();
    const auto slow = factors();
    for (workspan::Workload& workload : suite)
        if (const auto found = slow.find(workload.name); found != slow.end())
            for (workspan::Variant& variant : workload.variants)
                variant.prepare = [prepare = variant.prepare,
                                   factor = found->second](const workspan::Problem& problem) {
                    workspan::Trial trial = prepare(problem);
                    trial.run = slowed(std::move(trial.run), factor);
                    return trial;
                };
    return suite;
}

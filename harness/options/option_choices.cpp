// SPDX-License-Identifier: Apache-2.0
#include "harness/options/option_choices.hpp"

#include "harness/support/suggest.hpp"

#include <algorithm>

namespace workspan {

namespace {

void check_names(const std::vector<std::string>& given, const std::vector<std::string>& known,
                 const std::string& what)
{
    for (const std::string& name : given)
        if (std::find(known.begin(), known.end(), name) == known.end())
            throw UsageError("--" + what + ": unknown " + what + " '" + name + "'" +
                             suggestion(name, known));
}

// The value of an axis as it stands in names of cases. Throws UsageError if the axis does not take
// it.
std::string value_of_axis(const Axis& axis, const std::string& text)
{
    const bool may_be_left_out =
        std::find(axis.values.begin(), axis.values.end(), "") != axis.values.end();
    if (text.empty() && may_be_left_out)
        return text;
    switch (axis.takes) {
    case Axis::Takes::sizes:
        return std::to_string(parse_size(text, "--axis"));
    case Axis::Takes::durations:
        return parse_duration(text, "--axis");
    case Axis::Takes::listed:
        break;
    }
    std::vector<std::string> known = axis.values;
    std::erase(known, std::string());
    if (std::find(known.begin(), known.end(), text) == known.end())
        throw UsageError("--axis: '" + text + "' is not a value of " + axis.key +
                         suggestion(text, known));
    return text;
}

// Copies --axis. The axis must belong to a workload that is asked for by name, if any is.
void choose_axes(Options& options, const std::vector<std::string>& given,
                 const std::vector<Workload>& suite)
{
    std::map<std::string, Axis> known;
    std::vector<std::string> keys;
    for (const Workload& w : suite)
        for (const Axis& axis : w.contract.axes)
            if (options.workloads.empty() ||
                std::find(options.workloads.begin(), options.workloads.end(), w.name) !=
                    options.workloads.end()) {
                known.emplace(axis.key, axis);
                keys.push_back(axis.key);
            }
    for (const std::string& text : given) {
        const std::size_t colon = std::min(text.find(':'), text.size());
        const std::string key = text.substr(0, colon);
        if (keys.empty())
            throw UsageError(
                "--axis: the chosen workloads have no further axes; --list shows those "
                "that have");
        check_names({key}, keys, "axis");
        if (options.axes.contains(key))
            throw UsageError("--axis: " + key + " is given twice; give it one value");
        if (colon == text.size())
            throw UsageError("--axis: '" + text + "' has no value; for example: --axis grain:2^20");
        options.axes[key] = value_of_axis(known.at(key), text.substr(colon + 1));
    }
}

} // namespace

std::vector<std::string> preset_names() { return {kPresetWords.begin(), kPresetWords.end()}; }

Preset parse_preset(const std::string& text)
{
    const std::vector<std::string> names = preset_names();
    if (text == "gate")
        throw UsageError("--preset: gate is a preset of workspan run" + suggestion("", names));
    check_names({text}, names, "preset");
    return static_cast<Preset>(std::find(names.begin(), names.end(), text) - names.begin());
}

void choose_from_suite(Options& options, const Choices& given, const std::vector<Workload>& suite)
{
    std::vector<std::string> workloads, variants;
    for (const Workload& w : suite) {
        workloads.push_back(w.name);
        for (const Variant& v : w.variants)
            if (std::find(variants.begin(), variants.end(), v.name) == variants.end())
                variants.push_back(v.name);
    }
    check_names(given.workloads, workloads, "workload");
    check_names(given.variants, variants, "variant");
    options.workloads = given.workloads;
    options.variants = given.variants;
    choose_axes(options, given.axes, suite);
}

} // namespace workspan

// SPDX-License-Identifier: Apache-2.0
#include "harness/machine/proc_files.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <sstream>
#include <system_error>

namespace workspan {

namespace {

constexpr std::string_view kBlanks = " \t\r\n";
constexpr int kMostCpus = 1 << 16; // beyond the limit of any kernel: the file is broken

std::string_view trim(std::string_view text)
{
    const auto first = text.find_first_not_of(kBlanks);
    return first == text.npos ? std::string_view()
                              : text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

template <class T> std::optional<T> parse(std::string_view text)
{
    T result{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), result);
    if (error != std::errc() || end != text.data() + text.size())
        return {};
    return result;
}

bool is_numbered(std::string_view name, std::string_view prefix)
{
    return name.starts_with(prefix) && parse<unsigned>(name.substr(prefix.size()));
}

} // namespace

std::string contents(const std::filesystem::path& file)
{
    std::ifstream in(file, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf(); // does not throw if reading fails (of a folder), unlike an iterator
    return out.str();
}

std::optional<std::string> line(const std::filesystem::path& file)
{
    const std::string text = contents(file);
    const std::string_view first = trim(std::string_view(text).substr(0, text.find('\n')));
    const auto is_control = [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7f; };
    if (first.empty() || std::any_of(first.begin(), first.end(), is_control))
        return {};
    return std::string(first);
}

std::optional<std::string> value(std::string_view text, std::string_view key, char separator)
{
    while (!text.empty()) {
        const std::string_view row = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), row.size() + 1));
        const auto at = row.find(separator);
        if (at != row.npos && trim(row.substr(0, at)) == key)
            return std::string(trim(row.substr(at + 1)));
    }
    return {};
}

std::optional<double> number(std::string_view text)
{
    const auto result = parse<double>(trim(text));
    return result && std::isfinite(*result) && *result >= 0 ? result : std::nullopt;
}

std::optional<double> number_in(const std::filesystem::path& file)
{
    return number(contents(file));
}

std::vector<std::string> split(std::string_view text, char separator)
{
    std::vector<std::string> parts;
    while (!text.empty()) {
        const std::string_view part = text.substr(0, text.find(separator));
        text.remove_prefix(std::min(text.size(), part.size() + 1));
        if (!part.empty())
            parts.emplace_back(part);
    }
    return parts;
}

std::vector<std::string> words(std::string_view text)
{
    std::string blanks(text);
    std::replace_if(
        blanks.begin(), blanks.end(), [](char c) { return kBlanks.find(c) != kBlanks.npos; }, ' ');
    return split(blanks, ' ');
}

bool contains(const std::vector<std::string>& all, std::string_view one)
{
    return std::find(all.begin(), all.end(), one) != all.end();
}

std::vector<int> cpu_list(std::string_view text)
{
    std::vector<int> cpus;
    for (const std::string& range : split(trim(text), ',')) {
        const auto dash = range.find('-');
        const auto first = parse<int>(range.substr(0, dash));
        const auto last = dash == range.npos ? first : parse<int>(range.substr(dash + 1));
        if (!first || !last || *first < 0 || *last < *first || *last >= kMostCpus)
            return {};
        for (int cpu = *first; cpu <= *last; ++cpu)
            cpus.push_back(cpu);
    }
    return cpus;
}

std::vector<std::filesystem::path> numbered_folders(const std::filesystem::path& folder,
                                                    std::string_view prefix)
{
    std::vector<std::filesystem::path> found;
    std::error_code error;
    for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error))
        if (is_numbered(entry->path().filename().string(), prefix))
            found.push_back(entry->path());
    std::sort(found.begin(), found.end());
    return found;
}

} // namespace workspan

// SPDX-License-Identifier: Apache-2.0
#include "harness/support/suggest.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

namespace workspan {

namespace {

std::size_t edit_distance(std::string_view a, std::string_view b)
{
    std::vector<std::size_t> row(b.size() + 1); // the distances of a's prefix to all prefixes of b
    std::iota(row.begin(), row.end(), 0);
    for (const char letter : a) {
        std::size_t diagonal = row[0]++;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t replaced = diagonal + (letter == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row[b.size()];
}

} // namespace

std::string nearest(std::string_view word, std::span<const std::string> names)
{
    std::string best;
    std::size_t smallest = std::max<std::size_t>(2, word.size() / 3) + 1;
    for (const std::string& name : names)
        if (const std::size_t distance = edit_distance(word, name); distance < smallest) {
            smallest = distance;
            best = name;
        }
    return best;
}

std::string suggestion(std::string_view word, std::span<const std::string> names)
{
    if (const std::string name = nearest(word, names); !name.empty())
        return "; did you mean " + name + "?";
    std::string all;
    for (std::size_t k = 0; k < names.size(); ++k)
        all += (k == 0 ? "" : k + 1 < names.size() ? ", " : " or ") + names[k];
    return "; choose " + all;
}

} // namespace workspan

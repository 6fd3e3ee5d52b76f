// SPDX-License-Identifier: Apache-2.0
// The results of an invocation: the parts of a group that memory splits are united.
#pragma once

#include "harness/plan/plan.hpp"

namespace workspan {

// Of a group, or of a part of it.
struct GroupResults {
    std::vector<CaseResult> cases, beside;
    std::string why_no_ceiling = {};
};

class Collection {
public:
    // first: of the group.
    void add(GroupResults&& group, const PlannedCase& first);

    // With the cases that were not measured, and the facts that need all samples.
    Results finish(const std::vector<CaseResult>& skipped);

private:
    template <class T> void add(std::vector<T>& all, T&& one, const std::string& of);

    Results results_;
    std::map<std::string, std::size_t> places_; // by name, for ceilings after that of the group
};

} // namespace workspan

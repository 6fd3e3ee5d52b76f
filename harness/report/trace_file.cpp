// SPDX-License-Identifier: Apache-2.0
#include "harness/report/trace_file.hpp"

#include "harness/machine/build_info.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <nlohmann/json.hpp>

namespace workspan {

namespace {

using Json = nlohmann::ordered_json;

constexpr int kTasks = 0, kCpus = 1, kWorkers = 2, kGroups = 3; // of lanes

// A recorded span, with its task.
struct Recorded {
    std::size_t task;
    Span span;
};

class Writer {
public:
    Writer(const TracedCase& of, std::size_t index, Json& events)
        : case_(of), first_pid_(static_cast<int>(index) * kGroups + 1), events_(events)
    {
        for (std::size_t task = 0; task < of.trace->recorded(); ++task)
            for (const Span& span : of.trace->spans(task))
                spans_.push_back({task, span});
        std::stable_sort(spans_.begin(), spans_.end(), [](const Recorded& a, const Recorded& b) {
            return a.span.begin < b.span.begin;
        });
    }

    void write()
    {
        name_group(kTasks, "tasks");
        name_lane(kTasks, 0, "run");
        events_.push_back({{"name", case_.name},
                           {"cat", "run"},
                           {"ph", "X"},
                           {"ts", 0.0},
                           {"dur", us(case_.end)},
                           {"pid", pid(kTasks)},
                           {"tid", 0}});
        for (std::size_t task = 0; task < case_.trace->recorded(); ++task)
            write_task(task);
        write_lanes(kCpus, "CPU", [](const Span& s) { return int(s.cpu); });
        write_lanes(kWorkers, "worker", [](const Span& s) { return int(s.worker); });
    }

    Json about(double span_cost) const
    {
        std::uint32_t dropped = 0;
        for (std::size_t task = 0; task < case_.trace->recorded(); ++task)
            dropped += case_.trace->dropped(task);
        return {{"name", case_.name},
                {"workload", case_.workload},
                {"variant", case_.variant},
                {"n", case_.problem.n},
                {"keys", case_.problem.keys},
                {"threads", case_.problem.threads},
                {"tasks", case_.trace->tasks()},
                {"written", case_.trace->recorded()},
                {"dropped", dropped},
                {"seconds", 1e-9 * double(case_.end - case_.begin)},
                {"pid_tasks", pid(kTasks)},
                {"pid_cpus", pid(kCpus)},
                {"pid_workers", pid(kWorkers)},
                {"span_cost_ns", span_cost}};
    }

private:
    int pid(int group) const { return first_pid_ + group; }
    double us(std::int64_t at) const { return double(at - case_.begin) / 1000; }

    void name_group(int group, const std::string& name)
    {
        events_.push_back({{"name", "process_name"},
                           {"ph", "M"},
                           {"pid", pid(group)},
                           {"args", {{"name", case_.name + ": " + name}}}});
        events_.push_back({{"name", "process_sort_index"},
                           {"ph", "M"},
                           {"pid", pid(group)},
                           {"args", {{"sort_index", pid(group)}}}});
    }

    void name_lane(int group, std::size_t lane, const std::string& name)
    {
        events_.push_back({{"name", "thread_name"},
                           {"ph", "M"},
                           {"pid", pid(group)},
                           {"tid", lane},
                           {"args", {{"name", name}}}});
    }

    void write_span(int group, std::size_t lane, std::size_t task, const Span& span)
    {
        events_.push_back({{"name", fmt::format("task {}", task)},
                           {"cat", span.kind == Span::Kind::run ? "run" : "wait"},
                           {"ph", "X"},
                           {"ts", us(span.begin)},
                           {"dur", double(span.end - span.begin) / 1000},
                           {"pid", pid(group)},
                           {"tid", lane},
                           {"args", {{"task", task}, {"cpu", span.cpu}, {"worker", span.worker}}}});
    }

    // The spans of a task, and the arrow from the task that issued it.
    void write_task(std::size_t task)
    {
        name_lane(kTasks, task + 1, fmt::format("task {}", task));
        for (const Span& span : case_.trace->spans(task))
            write_span(kTasks, task + 1, task, span);
        const auto [at, by] = case_.trace->issued(task);
        if (by == Trace::kNoTask || case_.trace->spans(task).empty())
            return;
        const auto end_of_arrow = [&](const char* phase, std::int64_t time, std::size_t lane) {
            Json event = {{"name", "issue"}, {"cat", "issue"},     {"ph", phase}, {"id", arrows_},
                          {"ts", us(time)},  {"pid", pid(kTasks)}, {"tid", lane}};
            if (*phase == 'f')
                event["bp"] = "e";
            events_.push_back(std::move(event));
        };
        ++arrows_;
        end_of_arrow("s", at, by + 1U);
        end_of_arrow("f", case_.trace->spans(task).front().begin, task + 1);
    }

    // The computing spans in lanes by CPU or worker. A lane holds one span at a time: on a CPU the
    // clock of the next may be read before the end of the last.
    template <class LaneOf> void write_lanes(int group, const std::string& what, LaneOf lane_of)
    {
        name_group(group, what + "s");
        std::map<int, std::int64_t> ends;
        for (auto [task, span] : spans_) {
            if (span.kind != Span::Kind::run)
                continue;
            const int lane = lane_of(span);
            const auto [end, is_new] = ends.try_emplace(lane, span.begin);
            if (is_new)
                name_lane(group, std::size_t(lane) + 1, fmt::format("{} {}", what, lane));
            span.begin = std::max(span.begin, end->second);
            if (span.end <= span.begin)
                continue;
            end->second = span.end;
            write_span(group, std::size_t(lane) + 1, task, span);
        }
    }

    const TracedCase& case_;
    int first_pid_, arrows_ = 0;
    Json& events_;
    std::vector<Recorded> spans_; // in the order of their beginnings
};

} // namespace

std::string trace_json(const std::vector<TracedCase>& cases, const Machine& machine,
                       double span_cost)
{
    Json events = Json::array(), about = Json::array();
    for (std::size_t k = 0; k < cases.size(); ++k) {
        Writer writer(cases[k], k, events);
        writer.write();
        about.push_back(writer.about(span_cost));
    }
    const Json file = {{"displayTimeUnit", "ms"},
                       {"traceEvents", std::move(events)},
                       {"otherData",
                        {{"workspan",
                          {{"version", build_info.version},
                           {"machine", fmt::format("{} x {}", machine.allowed_cpus.size(),
                                                   machine.cpu_model.value_or("unknown CPU"))},
                           {"cases", std::move(about)}}}}}};
    return file.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace workspan

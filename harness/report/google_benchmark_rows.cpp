// SPDX-License-Identifier: Apache-2.0
#include "harness/report/google_benchmark_rows.hpp"

#include <cmath>
#include <fmt/format.h>
#include <numeric>

namespace workspan {

namespace {

double mean(const std::vector<double>& v)
{
    return std::accumulate(v.begin(), v.end(), 0.0) / double(v.size());
}

double deviation(const std::vector<double>& v)
{
    const double m = mean(v);
    double sum = 0;
    for (const double x : v)
        sum += (x - m) * (x - m);
    return v.size() > 1 ? std::sqrt(sum / double(v.size() - 1)) : 0;
}

} // namespace

Unit unit_of(const std::string& name)
{
    const std::map<std::string, double> units = {{"ns", 1e9}, {"us", 1e6}, {"ms", 1e3}, {"s", 1}};
    const std::string unit = name.empty() ? "ns" : name;
    return {unit, units.at(unit)};
}

std::vector<Row> rows_of(const CaseResult& c, bool aggregates)
{
    const std::vector<double> real = seconds_of(counting_samples(c), &Sample::wall),
                              cpu = seconds_of(counting_samples(c), &Sample::cpu);
    if (!aggregates)
        return {{c.name, "", median(real), median(cpu)}};
    const auto share = [](const std::vector<double>& v) {
        return mean(v) > 0 ? deviation(v) / mean(v) : 0;
    };
    return {{c.name + "_mean", "mean", mean(real), mean(cpu)},
            {c.name + "_median", "median", median(real), median(cpu)},
            {c.name + "_stddev", "stddev", deviation(real), deviation(cpu)},
            {c.name + "_cv", "cv", share(real), share(cpu)}};
}

std::string result_csv(const std::vector<CaseResult>& cases, const std::string& time_unit,
                       bool aggregates)
{
    const Unit unit = unit_of(time_unit);
    std::string text = "name,iterations,real_time,cpu_time,time_unit,bytes_per_second,items_per_"
                       "second,label,error_occurred,error_message\n";
    for (const CaseResult& c : cases)
        if (c.status == Status::ok)
            for (const Row& row : rows_of(c, aggregates)) {
                const bool is_time =
                    row.aggregate.empty() || row.aggregate == "mean" || row.aggregate == "median";
                const double scale = row.aggregate == "cv" ? 1 : unit.per_second;
                const std::string rates =
                    is_time ? fmt::format("{},{}", c.cost.bytes / row.real, c.cost.items / row.real)
                            : ",";
                text += fmt::format("\"{}\",{},{},{},{},{},,,\n", row.name, c.iterations,
                                    row.real * scale, row.cpu * scale, unit.name, rates);
            }
    return text;
}

} // namespace workspan

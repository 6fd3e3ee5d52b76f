// SPDX-License-Identifier: Apache-2.0
#include "harness/measure/prepared_case.hpp"

namespace workspan {

void fail(CaseResult& result, Cause cause, const std::string& reason)
{
    result.status = Status::failed;
    result.cause = cause;
    result.reason = reason;
    result.samples.clear();
}

void skip(CaseResult& result, Cause cause, const std::string& reason)
{
    fail(result, cause, reason);
    result.status = Status::skipped;
}

bool guarded(CaseResult& result, const std::function<void()>& step)
{
    try {
        step();
        return true;
    } catch (const OutOfMemory& e) {
        skip(result, Cause::memory, e.what());
    } catch (const Unavailable& e) {
        skip(result, Cause::unavailable, e.what());
    } catch (const DeviceLost& e) {
        (e.before ? skip : fail)(result, Cause::device_lost, e.what());
    } catch (const std::bad_alloc&) {
        fail(result, Cause::memory, "out of memory");
    } catch (const std::exception& e) {
        fail(result, Cause::error, e.what());
    }
    return false;
}

bool verify(PreparedCase& prepared, const std::string& when)
{
    CaseResult& result = *prepared.result;
    if (!guarded(result, [&] { result.verdict = prepared.trial.verify(); }))
        return false;
    if (!result.verdict.ok)
        fail(result, Cause::wrong_result, "wrong result " + when + ": " + result.verdict.why);
    return result.verdict.ok;
}

bool verify_and_time_once(PreparedCase& prepared)
{
    prepared.result->status = Status::ok;
    prepared.result->cause = Cause::none;
    prepared.result->reason.clear();
    const bool ran = guarded(*prepared.result, [&] {
        prepared.trial.poison();
        prepared.estimate = prepared.clock(prepared.trial, 1);
    });
    return ran && verify(prepared, "before timing");
}

} // namespace workspan

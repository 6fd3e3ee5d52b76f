// SPDX-License-Identifier: Apache-2.0
#include "harness/machine/nvml.hpp"

#include "harness/shared_library.hpp"
#include "harness/workload.hpp"

#include <array>
#include <memory>
#include <optional>

namespace workspan {

namespace {

// The few declarations of nvml.h that are needed: the header is not part of the CUDA toolkit.
using Result = int; // 0 is success
using Device = struct nvmlDevice_st*;
enum Clock { kSm = 1, kMemory = 2 };
using Init = Result();
using DriverVersion = Result(char* version, unsigned length);
using DeviceByBusId = Result(const char* bus_id, Device* device);
using ClockInfo = Result(Device device, Clock clock, unsigned* mhz);
using EventReasons = Result(Device device, unsigned long long* bits);

// Bits and meanings: NVML API reference, "Clocks Event Reasons"; idle (1) is not a throttle. The
// words are those of scripts/workspan/machine/nvml.py.
constexpr std::pair<unsigned long long, const char*> kReasons[] = {
    {0x002, "application clocks"}, {0x004, "power cap"},        {0x008, "hardware slowdown"},
    {0x010, "sync boost"},         {0x020, "too hot (driver)"}, {0x040, "too hot (hardware)"},
    {0x080, "power brake"},        {0x100, "display clocks"}};

// The initialised library; its functions are null if it is missing.
class NvmlLibrary {
public:
    explicit NvmlLibrary(const std::string& name) : library_(open(name))
    {
        const auto init = function<Init>("nvmlInit_v2");
        ready_ = init && init() == 0;
    }
    ~NvmlLibrary()
    {
        if (const auto shutdown = function<Init>("nvmlShutdown"); ready_ && shutdown)
            shutdown();
    }
    NvmlLibrary(const NvmlLibrary&) = delete;
    NvmlLibrary& operator=(const NvmlLibrary&) = delete;

    bool ready() const { return ready_; }
    template <class F> F* function(const char* name) const
    {
        return library_ ? library_->find<F>(name) : nullptr;
    }

private:
    static std::optional<SharedLibrary> open(const std::string& name)
    {
        try {
            return SharedLibrary(name);
        } catch (const Unavailable&) {
            return {};
        }
    }

    std::optional<SharedLibrary> library_;
    bool ready_ = false;
};

Known<std::string> driver_version(const NvmlLibrary& nvml)
{
    std::array<char, 96> version{};
    const auto ask = nvml.function<DriverVersion>("nvmlSystemGetDriverVersion");
    if (!ask || ask(version.data(), version.size() - 1) != 0)
        return {};
    return version.data();
}

Known<double> clock(ClockInfo* ask, Device device, Clock which)
{
    unsigned mhz = 0;
    if (!ask || ask(device, which, &mhz) != 0)
        return {};
    return mhz;
}

GpuClocks clocks(const NvmlLibrary& nvml, const std::string& bus_id)
{
    GpuClocks result{
        .bus_id = bus_id, .sm_mhz = {}, .memory_mhz = {}, .sm_max_mhz = {}, .memory_max_mhz = {}};
    Device device = nullptr;
    const auto find = nvml.function<DeviceByBusId>("nvmlDeviceGetHandleByPciBusId_v2");
    if (!find || find(bus_id.c_str(), &device) != 0)
        return result;
    const auto now = nvml.function<ClockInfo>("nvmlDeviceGetClockInfo");
    const auto most = nvml.function<ClockInfo>("nvmlDeviceGetMaxClockInfo");
    result.sm_mhz = clock(now, device, kSm);
    result.memory_mhz = clock(now, device, kMemory);
    result.sm_max_mhz = clock(most, device, kSm);
    result.memory_max_mhz = clock(most, device, kMemory);
    return result;
}

// Named event reasons by drivers from 535 on, throttle reasons by older ones.
std::vector<std::string> throttle_reasons(const NvmlLibrary& nvml, Device device)
{
    std::vector<std::string> reasons;
    for (const char* const name :
         {"nvmlDeviceGetCurrentClocksEventReasons", "nvmlDeviceGetCurrentClocksThrottleReasons"}) {
        unsigned long long bits = 0;
        const auto ask = nvml.function<EventReasons>(name);
        if (!ask || ask(device, &bits) != 0)
            continue;
        for (const auto& [bit, meaning] : kReasons)
            if ((bits & bit) != 0)
                reasons.emplace_back(meaning);
        break;
    }
    return reasons;
}

} // namespace

std::function<GpuMoment()> watch_gpu(const std::string& library, const std::string& bus_id)
{
    const auto nvml = std::make_shared<const NvmlLibrary>(library);
    Device device = nullptr;
    const auto find =
        nvml->ready() ? nvml->function<DeviceByBusId>("nvmlDeviceGetHandleByPciBusId_v2") : nullptr;
    if (!find || find(bus_id.c_str(), &device) != 0)
        return {};
    const auto now = nvml->function<ClockInfo>("nvmlDeviceGetClockInfo");
    return [nvml, device, now] {
        return GpuMoment{.sm_mhz = clock(now, device, kSm),
                         .throttled = throttle_reasons(*nvml, device)};
    };
}

Nvml ask_nvml(const std::string& library, const std::vector<std::string>& bus_ids)
{
    Nvml answer;
    const NvmlLibrary nvml(library);
    if (!nvml.ready())
        return answer;
    answer.driver = driver_version(nvml);
    for (const std::string& bus_id : bus_ids)
        answer.clocks.push_back(clocks(nvml, bus_id));
    return answer;
}

} // namespace workspan

// SPDX-License-Identifier: Apache-2.0
#include "harness/shared_library.hpp"

#include "harness/workload.hpp"

#include <dlfcn.h>
#include <link.h>

namespace workspan {

SharedLibrary::SharedLibrary(const std::string& name, const std::string& why_missing)
    : name_(name), handle_(dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL))
{
    if (handle_)
        return;
    const std::string why = dlerror(); // also of a library that this one needs
    const bool is_missing = why.starts_with(name + ": cannot open shared object file: No such");
    throw Unavailable(is_missing && !why_missing.empty() ? why_missing : why);
}

void SharedLibrary::Close::operator()(void* handle) const noexcept { dlclose(handle); }

std::filesystem::path SharedLibrary::file() const
{
    const link_map* map = nullptr;
    return dlinfo(handle_.get(), RTLD_DI_LINKMAP, &map) == 0 ? map->l_name : "";
}

void* SharedLibrary::address(const char* symbol) const noexcept
{
    return dlsym(handle_.get(), symbol);
}

void* SharedLibrary::required(const char* symbol) const
{
    void* const found = address(symbol);
    if (found == nullptr)
        throw Unavailable(name_ + " has no " + symbol);
    return found;
}

} // namespace workspan

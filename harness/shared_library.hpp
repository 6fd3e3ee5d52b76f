// SPDX-License-Identifier: Apache-2.0
// Libraries that are loaded when a variant first needs them: they may be missing, and each one that
// is mapped makes every thread and fork of the process dearer (measured with CUDA's: 4 and 20
// times).
#pragma once

#include <filesystem>
#include <memory>
#include <string>

namespace workspan {

class SharedLibrary {
public:
    // name: as of dlopen(), searched in LD_LIBRARY_PATH, the program's RUNPATH and the system's
    // folders. Throws Unavailable with the loader's reason, or with the given one if no such file
    // is there.
    explicit SharedLibrary(const std::string& name, const std::string& why_missing = "");

    std::filesystem::path file() const; // from which it was loaded

    // Throws Unavailable if the library has no function of this name. The type is taken on trust.
    template <class Function> Function* function(const char* symbol) const
    {
        return reinterpret_cast<Function*>(required(symbol));
    }

    // null: the library has none, which versions may differ in.
    template <class Function> Function* find(const char* symbol) const noexcept
    {
        return reinterpret_cast<Function*>(address(symbol));
    }

private:
    struct Close {
        void operator()(void* handle) const noexcept;
    };

    void* address(const char* symbol) const noexcept;
    void* required(const char* symbol) const;

    std::string name_;
    std::unique_ptr<void, Close> handle_;
};

} // namespace workspan

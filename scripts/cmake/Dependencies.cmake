# SPDX-License-Identifier: Apache-2.0
# The libraries: the system's packages where they are installed, otherwise their sources, fetched.
include(FetchContent)
set(FETCHCONTENT_TRY_FIND_PACKAGE_MODE OPT_IN)
set(BENCHMARK_ENABLE_TESTING OFF)
set(JSON_BuildTests OFF)

find_package(Threads REQUIRED)
find_package(OpenMP REQUIRED COMPONENTS CXX)
FetchContent_Declare(benchmark GIT_REPOSITORY https://github.com/google/benchmark.git GIT_TAG v1.7.1 FIND_PACKAGE_ARGS)
FetchContent_Declare(fmt GIT_REPOSITORY https://github.com/fmtlib/fmt.git GIT_TAG 9.1.0 FIND_PACKAGE_ARGS)
FetchContent_Declare(CLI11 GIT_REPOSITORY https://github.com/CLIUtils/CLI11.git GIT_TAG v2.3.1 FIND_PACKAGE_ARGS)
FetchContent_Declare(nlohmann_json GIT_REPOSITORY https://github.com/nlohmann/json.git GIT_TAG v3.11.2 FIND_PACKAGE_ARGS)
FetchContent_MakeAvailable(benchmark fmt CLI11 nlohmann_json)
if(WORKSPAN_TESTS)
  FetchContent_Declare(googletest GIT_REPOSITORY https://github.com/google/googletest.git GIT_TAG release-1.12.1
    FIND_PACKAGE_ARGS NAMES GTest)
  FetchContent_MakeAvailable(googletest)
endif()

find_package(PkgConfig REQUIRED) # hwloc has no CMake package
pkg_check_modules(hwloc REQUIRED IMPORTED_TARGET hwloc)
add_library(workspan_hwloc ALIAS PkgConfig::hwloc)

# The libraries of HOST_LIBRARIES: workspan_NAME is there where one was found.
find_package(OpenBLAS QUIET)
if(OpenBLAS_FOUND)
  add_library(workspan_openblas INTERFACE)
  target_include_directories(workspan_openblas SYSTEM INTERFACE ${OpenBLAS_INCLUDE_DIRS})
  target_link_libraries(workspan_openblas INTERFACE ${CMAKE_DL_LIBS}) # loaded at run time: see cpu/with_openblas.cpp
endif()
find_package(TBB QUIET)
if(TBB_FOUND)
  add_library(workspan_tbb ALIAS TBB::tbb)
endif()

pkg_check_modules(fftw3f IMPORTED_TARGET fftw3f)
find_library(WORKSPAN_FFTW_THREADS NAMES fftw3f_omp fftw3f_threads HINTS ${fftw3f_LIBRARY_DIRS})
if(fftw3f_FOUND AND WORKSPAN_FFTW_THREADS)
  add_library(workspan_fftw INTERFACE)
  target_link_libraries(workspan_fftw INTERFACE ${WORKSPAN_FFTW_THREADS} PkgConfig::fftw3f Threads::Threads)
endif()

function(workspan_add_libraries target)
  foreach(library IN LISTS HOST_LIBRARIES)
    if(WORKSPAN_LIBRARIES AND TARGET workspan_${library})
      target_sources(${target} PRIVATE cpu/with_${library}.cpp)
      target_link_libraries(${target} PRIVATE workspan_${library})
    else()
      target_sources(${target} PRIVATE cpu/without_${library}.cpp)
    endif()
  endforeach()
endfunction()

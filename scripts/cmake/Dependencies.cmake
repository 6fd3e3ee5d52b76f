# SPDX-License-Identifier: Apache-2.0
# The libraries: packages of the system if installed, otherwise fetched sources.
include(FetchContent)
set(FETCHCONTENT_TRY_FIND_PACKAGE_MODE OPT_IN)
set(BENCHMARK_ENABLE_TESTING OFF)
set(JSON_BuildTests OFF)

find_package(Threads REQUIRED)
find_package(OpenMP REQUIRED COMPONENTS CXX)
function(workspan_declare name repository tag)
  FetchContent_Declare(${name} GIT_REPOSITORY https://github.com/${repository}.git GIT_TAG ${tag}
    FIND_PACKAGE_ARGS ${ARGN})
endfunction()
workspan_declare(benchmark google/benchmark v1.7.1)
workspan_declare(fmt fmtlib/fmt 9.1.0)
workspan_declare(CLI11 CLIUtils/CLI11 v2.3.1)
workspan_declare(nlohmann_json nlohmann/json v3.11.2)
FetchContent_MakeAvailable(benchmark fmt CLI11 nlohmann_json)
if(WORKSPAN_TESTS)
  workspan_declare(googletest google/googletest release-1.12.1 NAMES GTest)
  FetchContent_MakeAvailable(googletest)
endif()

find_package(PkgConfig REQUIRED) # hwloc has no CMake package
pkg_check_modules(hwloc REQUIRED IMPORTED_TARGET hwloc)
add_library(workspan_hwloc ALIAS PkgConfig::hwloc)

# Asio has neither a CMake package nor a pkg-config file in Debian; headers only.
find_path(WORKSPAN_ASIO asio.hpp)
if(NOT WORKSPAN_ASIO)
  FetchContent_Declare(asio GIT_REPOSITORY https://github.com/chriskohlhoff/asio.git
    GIT_TAG asio-1-22-1)
  FetchContent_MakeAvailable(asio) # it has no CMakeLists.txt: the sources only
  set(WORKSPAN_ASIO ${asio_SOURCE_DIR}/asio/include)
endif()
add_library(workspan_asio INTERFACE)
target_include_directories(workspan_asio SYSTEM INTERFACE ${WORKSPAN_ASIO})
# Asio 1.22 does not know that clang 14 has coroutines.
target_compile_definitions(workspan_asio INTERFACE ASIO_STANDALONE
  $<$<CXX_COMPILER_ID:Clang>:ASIO_HAS_CO_AWAIT=1;ASIO_HAS_STD_COROUTINE=1>)
target_link_libraries(workspan_asio INTERFACE Threads::Threads)

# The libraries of HOST_LIBRARIES: the target workspan_NAME exists if the library was found.
find_package(OpenBLAS QUIET)
if(OpenBLAS_FOUND)
  add_library(workspan_openblas INTERFACE)
  target_include_directories(workspan_openblas SYSTEM INTERFACE ${OpenBLAS_INCLUDE_DIRS})
  # OpenBLAS itself is loaded at run time: see cpu/with_openblas.cpp
  target_link_libraries(workspan_openblas INTERFACE ${CMAKE_DL_LIBS})
endif()
add_library(workspan_mkl INTERFACE) # loaded at run time if it is there: see cpu/with_mkl.cpp
target_link_libraries(workspan_mkl INTERFACE ${CMAKE_DL_LIBS})
find_package(TBB QUIET)
if(TBB_FOUND)
  add_library(workspan_tbb ALIAS TBB::tbb)
endif()

pkg_check_modules(fftw3f IMPORTED_TARGET fftw3f)
find_library(WORKSPAN_FFTW_THREADS NAMES fftw3f_omp fftw3f_threads HINTS ${fftw3f_LIBRARY_DIRS})
if(fftw3f_FOUND AND WORKSPAN_FFTW_THREADS)
  add_library(workspan_fftw INTERFACE)
  target_link_libraries(workspan_fftw INTERFACE
    ${WORKSPAN_FFTW_THREADS} PkgConfig::fftw3f Threads::Threads)
endif()

pkg_check_modules(liburing IMPORTED_TARGET liburing)
if(liburing_FOUND)
  add_library(workspan_uring ALIAS PkgConfig::liburing)
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

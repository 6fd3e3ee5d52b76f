# SPDX-License-Identifier: Apache-2.0
# The build information: compiler, flags, CPU features that the kernels need, and the git commit
# (determined at every build).

if(WORKSPAN_ARCH)
  set(WORKSPAN_ARCH_FLAGS -march=${WORKSPAN_ARCH})
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
    set(WORKSPAN_ARCH_FLAGS -mcpu=${WORKSPAN_ARCH})
  endif()
endif()

# The vector extensions that the compiler may use, named as in /proc/cpuinfo without underscores:
# avx512f fma bmi2 ...
function(workspan_cpu_features out)
  execute_process(COMMAND ${CMAKE_CXX_COMPILER} ${WORKSPAN_ARCH_FLAGS} -dM -E -x c++ /dev/null
    OUTPUT_VARIABLE macros RESULT_VARIABLE failed ERROR_VARIABLE why)
  if(failed)
    message(FATAL_ERROR "The compiler does not know WORKSPAN_ARCH=${WORKSPAN_ARCH}: ${why}")
  endif()
  string(REGEX MATCHALL "#define __(AVX|FMA|BMI|SSE4|F16C)[A-Z0-9_]*__ " found "${macros}")
  set(features "")
  foreach(line IN LISTS found)
    string(REGEX REPLACE "#define __(.*)__ " "\\1" name "${line}")
    string(REPLACE "_" "" name "${name}")
    string(TOLOWER "${name}" name)
    list(APPEND features ${name})
  endforeach()
  list(SORT features)
  list(JOIN features " " features)
  set(${out} "${features}" PARENT_SCOPE)
endfunction()

# The comments of the contracts, for `bench --list --long`.
function(workspan_add_prose target)
  set(contracts ${WORKLOADS} ${HOST_WORKLOADS} ${DEVICE_WORKLOADS})
  list(TRANSFORM contracts PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/harness/contracts/)
  list(TRANSFORM contracts APPEND .hpp)
  set(generated ${CMAKE_CURRENT_BINARY_DIR}/contract_comments.cpp)
  set(script ${CMAKE_CURRENT_SOURCE_DIR}/scripts/cmake/WriteProse.cmake)
  add_custom_command(OUTPUT ${generated} VERBATIM DEPENDS ${contracts} ${script}
    COMMAND ${CMAKE_COMMAND} "-D CONTRACTS=${contracts}" -D GENERATED=${generated} -P ${script})
  target_sources(${target} PRIVATE ${generated})
endfunction()

function(workspan_add_build_info target)
  workspan_cpu_features(features)
  string(TOUPPER "${CMAKE_BUILD_TYPE}" type)
  list(JOIN WORKSPAN_ARCH_FLAGS " " arch_flags)
  set(flags "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${type}} ${arch_flags} -std=c++20")
  string(STRIP "${flags} ${OpenMP_CXX_FLAGS}" flags)
  if(WORKSPAN_HAS_CUDA)
    set(cuda_compiler "nvcc ${CMAKE_CUDA_COMPILER_VERSION}")
    set(cuda_architectures "${CMAKE_CUDA_ARCHITECTURES}")
  endif()
  set(generated ${CMAKE_CURRENT_BINARY_DIR}/build_info.cpp)
  add_custom_target(workspan_build_info BYPRODUCTS ${generated} VERBATIM
    COMMAND ${CMAKE_COMMAND} -D SOURCE=${CMAKE_CURRENT_SOURCE_DIR} -D GENERATED=${generated}
      -D VERSION=${PROJECT_VERSION} -D TYPE=${CMAKE_BUILD_TYPE} "-D FLAGS=${flags}"
      "-D COMPILER=${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}"
      "-D FEATURES=${features}" "-D CUDA_COMPILER=${cuda_compiler}"
      "-D CUDA_ARCHITECTURES=${cuda_architectures}" "-D SANITIZERS=${WORKSPAN_SANITIZE}"
      -P ${CMAKE_CURRENT_SOURCE_DIR}/scripts/cmake/WriteBuildInfo.cmake)
  target_sources(${target} PRIVATE ${generated})
  add_dependencies(${target} workspan_build_info)
endfunction()

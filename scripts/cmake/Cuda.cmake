# SPDX-License-Identifier: Apache-2.0
# CUDA is optional: with a CUDA compiler the kernels of gpu/ are built, otherwise
# gpu/without_cuda.cpp is linked.

# The user's choice, else the local GPU, else 90 (Hopper).
function(workspan_choose_cuda_architectures)
  if(DEFINED CMAKE_CUDA_ARCHITECTURES)
    return()
  endif()
  execute_process(COMMAND nvidia-smi -L OUTPUT_VARIABLE gpus ERROR_QUIET RESULT_VARIABLE failed)
  if(NOT failed AND gpus MATCHES "GPU 0")
    set(CMAKE_CUDA_ARCHITECTURES native CACHE STRING "CUDA architectures")
  else()
    set(CMAKE_CUDA_ARCHITECTURES 90 CACHE STRING "CUDA architectures")
  endif()
endfunction()

set(WORKSPAN_HAS_CUDA OFF)
if(WORKSPAN_CUDA)
  include(CheckLanguage)
  check_language(CUDA)
  if(CMAKE_CUDA_COMPILER)
    workspan_choose_cuda_architectures()
    enable_language(CUDA)
    find_package(CUDAToolkit REQUIRED)
    set(WORKSPAN_HAS_CUDA ON)
    list(APPEND CMAKE_BUILD_RPATH ${CUDAToolkit_LIBRARY_DIR}) # of libraries loaded at run time
    if(NOT TARGET CUDA::cub) # header-only, and unknown to FindCUDAToolkit
      find_path(WORKSPAN_CUB_HEADERS cub/cub.cuh HINTS ${CUDAToolkit_INCLUDE_DIRS}
        PATH_SUFFIXES cccl)
      if(WORKSPAN_CUB_HEADERS)
        add_library(CUDA::cub INTERFACE IMPORTED) # nvcc finds the headers itself
      endif()
    endif()
  elseif(NOT WORKSPAN_CUDA STREQUAL AUTO)
    message(FATAL_ERROR "WORKSPAN_CUDA is ${WORKSPAN_CUDA}, but no CUDA compiler was found; "
      "set CMAKE_CUDA_COMPILER or use AUTO")
  endif()
endif()

function(workspan_add_cuda target)
  if(NOT WORKSPAN_HAS_CUDA)
    list(TRANSFORM DEVICE_LIBRARIES REPLACE "(.+)" "gpu/without_\\1.cpp" OUTPUT_VARIABLE without)
    target_sources(${target} PRIVATE gpu/without_cuda.cpp ${without})
    return()
  endif()
  set(kernels ${WORKLOADS} ${DEVICE_WORKLOADS})
  list(TRANSFORM kernels PREPEND gpu/)
  list(TRANSFORM kernels APPEND .cu)
  target_sources(${target} PRIVATE gpu/device.cu gpu/device_clock.cu gpu/trial.cu ${kernels})
  # CMake 3.25 does not know that recent versions of nvcc support C++20, and would pass no flag.
  target_compile_options(${target} PRIVATE
    $<$<COMPILE_LANGUAGE:CUDA>:--std=c++20;--expt-relaxed-constexpr;-lineinfo>
    $<$<COMPILE_LANGUAGE:CUDA>:-Xcompiler=-Wall,-Wextra>)
  if(WORKSPAN_WERROR)
    target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CUDA>:-Werror=all-warnings>)
  endif()
  # Warn of register spills in our kernels on the architecture that they are tuned for; some of the
  # libraries' kernels spill.
  if(CMAKE_CUDA_ARCHITECTURES STREQUAL "90")
    set_source_files_properties(${kernels} PROPERTIES COMPILE_OPTIONS -Xptxas=-warn-spills)
  endif()
  target_link_libraries(${target} PRIVATE CUDA::cudart_static)
  # The libraries are not linked: harness/shared_library.hpp loads what a variant needs.
  target_include_directories(${target} PRIVATE ${CUDAToolkit_INCLUDE_DIRS})
  foreach(library IN LISTS DEVICE_LIBRARIES)
    if(WORKSPAN_LIBRARIES AND TARGET CUDA::${library})
      target_sources(${target} PRIVATE gpu/with_${library}.cu)
    else()
      target_sources(${target} PRIVATE gpu/without_${library}.cpp)
    endif()
  endforeach()
endfunction()

# SPDX-License-Identifier: Apache-2.0
# cmake -D FROM=gpu/copy.cu -D TO=copy.cpp -P rewrite.cmake: turns CUDA into C++ for the
# cuda_runtime.h here. Lines keep their numbers.
file(READ ${FROM} code)
string(REGEX REPLACE "__(global|device|host|grid_constant)__ " "" code "${code}")
string(REGEX REPLACE "__launch_bounds__\\(([^()]|\\([^()]*\\))*\\)" "" code "${code}")
string(REPLACE "<<<" "->*host_gpu::Launch(" code "${code}")
string(REPLACE ">>>(" ")(" code "${code}")

# The meaning of our inline PTX; any other does not assemble.
string(REPLACE [[asm("rsqrt.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));]]
  "y = 1 / std::sqrt(x);" code "${code}")
string(REPLACE [[asm("{\n .reg .u64 sum;\n add.cc.u64 sum, %1, %2;\n addc.u32 %0, %0, 0;\n}"
        : "+r"(misses)
        : "l"(a), "l"(b));]]
  "misses += a + b < a;" code "${code}")
string(REPLACE
  [[asm volatile("ld.global.nc.L2::128B.v2.f32 {%0, %1}, [%2];"
                     : "=f"(a.x), "=f"(a.y)
                     : "l"(from));]]
  "a = *from;" code "${code}")

# A kernel that is given away by its address keeps its type.
string(REPLACE "reinterpret_cast<void*>(kernel)" "kernel" code "${code}")

# A block has one instance of dynamic shared memory.
string(REGEX REPLACE "extern __shared__ ([a-z0-9_]+) ([a-z_]+)\\[\\];"
  "\\1* const \\2 = host_gpu::dynamic_shared<\\1>();" code "${code}")

# __shared__ float a[8], b; -> struct Shared1 { float a[8], b; };
# auto& a = host_gpu::shared<Shared1>().a; ... A block has one instance of each struct.
string(REGEX MATCHALL "__shared__ [^;]+" declarations "${code}")
list(REMOVE_DUPLICATES declarations)
set(number 0)
foreach(declaration IN LISTS declarations)
  math(EXPR number "${number} + 1")
  string(REPLACE "__shared__ " "" members "${declaration}")
  set(new "struct Shared${number} { ${members}; };")
  string(REGEX REPLACE "alignas\\([^)]*\\)|\\[[^]]*\\]" "" names "${members}")
  string(REGEX MATCHALL "[a-z_]+ *(,|$)" names "${names}")
  foreach(name IN LISTS names)
    string(REGEX REPLACE "[ ,]" "" name "${name}")
    string(APPEND new " auto& ${name} = host_gpu::shared<Shared${number}>().${name};")
  endforeach()
  string(REPLACE "${declaration};" "${new}" code "${code}")
endforeach()
file(WRITE ${TO} "#line 1 \"${FROM}\"\n${code}")

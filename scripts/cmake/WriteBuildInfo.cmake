# SPDX-License-Identifier: Apache-2.0
# Run at every build: writes build_info.cpp, unless its content is unchanged.
set(GIT_COMMIT unknown)
set(GIT_DIRTY unknown)
execute_process(COMMAND git -C ${SOURCE} rev-parse HEAD OUTPUT_VARIABLE commit
  RESULT_VARIABLE failed ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
if(NOT failed)
  set(GIT_COMMIT ${commit})
  execute_process(COMMAND git -C ${SOURCE} status --porcelain OUTPUT_VARIABLE changes
    RESULT_VARIABLE failed ERROR_QUIET)
  if(NOT failed)
    set(GIT_DIRTY no)
    if(changes)
      set(GIT_DIRTY yes)
    endif()
  endif()
endif()
configure_file(${SOURCE}/harness/machine/build_info.cpp.in ${GENERATED} @ONLY)

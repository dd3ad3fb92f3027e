# Most of what a file costs to compile is the headers that its neighbours read too, so those that go together are compiled as
# one. Names in anonymous namespaces must therefore differ within a folder.
option(TIDEWRIGHT_UNITY "Compile sources that go together as one" ON)

# tidewright_unity(target sources...): those of a folder go together, and those that use the JSON library, which is costlier
# than all of them.
function(tidewright_unity target)
  if(NOT TIDEWRIGHT_UNITY)
    return()
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  foreach(source ${ARGN})
    file(STRINGS ${source} marks REGEX "HWY_TARGET_INCLUDE|nlohmann/json.hpp")
    # Highway has its files include themselves once for each instruction set.
    if(marks MATCHES "HWY_TARGET_INCLUDE")
      continue()
    endif()
    cmake_path(GET source PARENT_PATH folder)
    file(RELATIVE_PATH group ${PROJECT_SOURCE_DIR} ${folder})
    string(REPLACE "/" "_" group ${group})
    if(marks)
      set(group json)
    endif()
    set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${group})
  endforeach()
endfunction()

# Most of what a file costs to compile is the headers that its neighbours read too, so the sources of a folder are compiled as
# one. Names in anonymous namespaces must therefore differ within a folder.
option(TIDEWRIGHT_UNITY "Compile sources that go together as one" ON)

# tidewright_including(variable pattern sources...): those of the sources in which a line matches.
function(tidewright_including variable pattern)
  set(found "")
  foreach(source ${ARGN})
    file(STRINGS ${source} lines REGEX "${pattern}" LIMIT_COUNT 1)
    if(lines)
      list(APPEND found ${source})
    endif()
  endforeach()
  set(${variable} ${found} PARENT_SCOPE)
endfunction()

# tidewright_unity(target sources...): those of a folder become one unit of the target; GROUP names one unit for all.
function(tidewright_unity target)
  cmake_parse_arguments(arg "" "GROUP" "" ${ARGN})
  # Highway has its files include themselves once for each instruction set: each stays alone.
  tidewright_including(alone "HWY_TARGET_INCLUDE" ${arg_UNPARSED_ARGUMENTS})
  list(REMOVE_ITEM arg_UNPARSED_ARGUMENTS ${alone})
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${TIDEWRIGHT_UNITY} UNITY_BUILD_MODE GROUP)
  foreach(source ${arg_UNPARSED_ARGUMENTS})
    cmake_path(GET source PARENT_PATH folder)
    file(RELATIVE_PATH group ${PROJECT_SOURCE_DIR} ${folder})
    if(arg_GROUP)
      set(group ${arg_GROUP})
    endif()
    string(REPLACE "/" "_" group ${group})
    set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${group})
  endforeach()
endfunction()

# tidewright_objects(name [BY_FOLDER] SOURCES ... OPTIONS ... LIBRARIES ...): the part tidewright_NAME of the library, compiled
# with options of its own, as one or each folder as one.
function(tidewright_objects name)
  cmake_parse_arguments(arg "BY_FOLDER" "" "SOURCES;OPTIONS;LIBRARIES" ${ARGN})
  add_library(tidewright_${name} OBJECT ${arg_SOURCES})
  target_include_directories(tidewright_${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_compile_options(tidewright_${name} PRIVATE ${arg_OPTIONS})
  target_link_libraries(tidewright_${name} PRIVATE tidewright_options ${arg_LIBRARIES})
  if(arg_BY_FOLDER)
    tidewright_unity(tidewright_${name} ${arg_SOURCES})
  else()
    tidewright_unity(tidewright_${name} GROUP ${name} ${arg_SOURCES})
  endif()
endfunction()

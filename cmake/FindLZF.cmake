# Finds liblzf, which ships no CMake or pkg-config file, and defines LZF::LZF.
find_library(LZF_LIBRARY NAMES lzf liblzf)
find_path(LZF_INCLUDE_DIR lzf.h PATH_SUFFIXES liblzf)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LZF REQUIRED_VARS LZF_LIBRARY LZF_INCLUDE_DIR)
if(LZF_FOUND AND NOT TARGET LZF::LZF)
  add_library(LZF::LZF UNKNOWN IMPORTED)
  set_target_properties(LZF::LZF PROPERTIES IMPORTED_LOCATION ${LZF_LIBRARY}
                        INTERFACE_INCLUDE_DIRECTORIES ${LZF_INCLUDE_DIR})
endif()

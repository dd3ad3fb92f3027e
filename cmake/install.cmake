# The installed package: the program, the static library, its headers and what find_package(Tidewright) reads.
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/Tidewright)

# A library built with the CUDA backend needs the toolkit wherever it is linked.
get_target_property(linked tidewright LINK_LIBRARIES)
set(TIDEWRIGHT_NEEDS_CUDA OFF)
if(linked MATCHES "CUDA::")
  set(TIDEWRIGHT_NEEDS_CUDA ON)
endif()

install(TARGETS tidewright EXPORT TidewrightTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT TidewrightTargets NAMESPACE Tidewright:: DESTINATION ${package_dir})
install(DIRECTORY host DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/tidewright
        FILES_MATCHING PATTERN "*.h" PATTERN "*-inl.h" EXCLUDE)
configure_package_config_file(cmake/TidewrightConfig.cmake.in ${PROJECT_BINARY_DIR}/TidewrightConfig.cmake
                              INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/TidewrightConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/TidewrightConfig.cmake ${PROJECT_BINARY_DIR}/TidewrightConfigVersion.cmake
              cmake/FindLZF.cmake cmake/FindLibfaiss.cmake DESTINATION ${package_dir})
install(FILES LICENSE NOTICE README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})

# Finds FAISS (Debian: libfaiss-dev, a static library) and defines Libfaiss::faiss. FAISS's own package would have its users
# compile with OpenMP, which only its binary needs.
find_library(LIBFAISS_LIBRARY NAMES faiss)
find_path(LIBFAISS_INCLUDE_DIR faiss/IndexHNSW.h)
find_package(OpenMP QUIET COMPONENTS CXX)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Libfaiss REQUIRED_VARS LIBFAISS_LIBRARY LIBFAISS_INCLUDE_DIR OpenMP_CXX_LIBRARIES)
if(LIBFAISS_FOUND AND NOT TARGET Libfaiss::faiss)
  add_library(Libfaiss::faiss UNKNOWN IMPORTED)
  set_target_properties(Libfaiss::faiss PROPERTIES IMPORTED_LOCATION ${LIBFAISS_LIBRARY}
                        INTERFACE_INCLUDE_DIRECTORIES ${LIBFAISS_INCLUDE_DIR}
                        INTERFACE_LINK_LIBRARIES "${OpenMP_CXX_LIBRARIES};LAPACK::LAPACK")
endif()

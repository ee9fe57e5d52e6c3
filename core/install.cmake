# SPDX-License-Identifier: Apache-2.0
#
# Installs the library so that find_package(simdjwt) and pkg-config find it. The library is static:
# whoever links it links OpenSSL, simdjson and Abseil too, and both files say so.
if(NOT PROJECT_IS_TOP_LEVEL)
  return()  # a project that embeds this one decides what it installs
endif()
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/simdjwt)

set_target_properties(simdjwt_core PROPERTIES OUTPUT_NAME simdjwt)
install(TARGETS simdjwt_core EXPORT simdjwt ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/simdjwt DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT simdjwt NAMESPACE simdjwt:: FILE simdjwtTargets.cmake DESTINATION ${package_dir})

configure_package_config_file(simdjwtConfig.cmake.in simdjwtConfig.cmake
                              INSTALL_DESTINATION ${package_dir})
# Before 1.0 a minor version may break its users; from then on only a major one.
write_basic_package_version_file(simdjwtConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/simdjwtConfig.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/simdjwtConfigVersion.cmake
        DESTINATION ${package_dir})

# The prefix is found from where the .pc file lies, so that an installed tree may be moved.
file(RELATIVE_PATH pc_prefix ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
configure_file(simdjwt.pc.in simdjwt.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/simdjwt.pc
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

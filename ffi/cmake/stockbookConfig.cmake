# find_package(stockbook) gives the imported targets stockbook::stockbook (shared) and
# stockbook::static. Installed as <prefix>/share/stockbook/cmake; the prefix may be moved.
get_filename_component(_stockbook_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)

find_path(stockbook_INCLUDE_DIR stockbook.h
    PATHS "${_stockbook_prefix}/include" NO_DEFAULT_PATH)
find_library(stockbook_LIBRARY NAMES stockbook
    PATHS "${_stockbook_prefix}" PATH_SUFFIXES lib lib64 "lib/${CMAKE_LIBRARY_ARCHITECTURE}"
    NO_DEFAULT_PATH)
find_library(stockbook_STATIC_LIBRARY NAMES libstockbook.a
    PATHS "${_stockbook_prefix}" PATH_SUFFIXES lib lib64 "lib/${CMAKE_LIBRARY_ARCHITECTURE}"
    NO_DEFAULT_PATH)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(stockbook
    REQUIRED_VARS stockbook_LIBRARY stockbook_INCLUDE_DIR)

if(stockbook_FOUND AND NOT TARGET stockbook::stockbook)
    add_library(stockbook::stockbook SHARED IMPORTED)
    set_target_properties(stockbook::stockbook PROPERTIES
        IMPORTED_LOCATION "${stockbook_LIBRARY}"
        INTERFACE_INCLUDE_DIRECTORIES "${stockbook_INCLUDE_DIR}")
endif()

if(stockbook_FOUND AND stockbook_STATIC_LIBRARY AND NOT TARGET stockbook::static)
    add_library(stockbook::static STATIC IMPORTED)
    set_target_properties(stockbook::static PROPERTIES
        IMPORTED_LOCATION "${stockbook_STATIC_LIBRARY}"
        INTERFACE_INCLUDE_DIRECTORIES "${stockbook_INCLUDE_DIR}"
        INTERFACE_LINK_LIBRARIES "pthread;dl;m")
endif()

unset(_stockbook_prefix)

"""What `sysconfig` says of how this Python was built."""

build_time_vars = {
    "ABIFLAGS": "",
    "CC": "cc",
    "CFLAGS": "",
    "CONFIG_ARGS": "",
    "EXT_SUFFIX": ".taipan-314.so",
    "HAVE_FORK": 1,
    "LDFLAGS": "",
    "PY_CFLAGS": "",
    "PY_CFLAGS_NODIST": "",
    "Py_DEBUG": 0,
    "Py_ENABLE_SHARED": 0,
    "Py_GIL_DISABLED": 0,
    "SHLIB_SUFFIX": ".so",
    "SIZEOF_VOID_P": 8,
    "SOABI": "taipan-314",
    # CPython's own test extensions are not there.
    "TEST_MODULES": "no",
    "TZPATH": "/usr/share/zoneinfo:/usr/lib/zoneinfo:/usr/share/lib/zoneinfo:/etc/zoneinfo",
    "VERSION": "3.14",
    "WITH_DOC_STRINGS": 1,
}

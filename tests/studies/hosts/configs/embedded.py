"""Compile ``embedded.c`` against the interpreter that runs this file, and replace this process by the program."""

import os
import subprocess
import sys
import sysconfig

get = sysconfig.get_config_var
source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "embedded.c")
subprocess.check_call(
    [
        "gcc",
        source,
        "-o",
        "embedded",
        "-I" + sysconfig.get_path("include"),
        "-L" + get("LIBDIR"),
        "-L" + get("LIBPL"),
        "-lpython" + get("LDVERSION"),
    ]
    + (get("LINKFORSHARED") + " " + get("LIBS") + " " + get("SYSLIBS")).split()
)
os.environ["PYTHONHOME"] = sys.base_prefix
os.execv("./embedded", ["embedded"])

"""What preloading costs, next to what it consists of, to importing everything, and to what other people do.

``python -m tests.studies benchmarks [--short] [--python PATH ...]``, on Linux. Prints a table for each interpreter.
The exit code is 1 if a target is not met, unless ``--short`` is asked for.

The lines that run the processes are our own: neither pyperf nor hyperfine runs two commands in turn, A B A B. Both run
all of the one, then all of the other, and what the machine does meanwhile becomes a difference between them.

Instructions are counted by valgrind, because few virtual machines let ``perf`` count them.

The file cache is made cold by ``posix_fadvise(DONTNEED)`` on every file of the library, which needs no rights and
disturbs no other process. ``fincore`` shows that nothing stays but shared libraries that some process has mapped. The
row "bare imports: cold / warm" shows it by time. What is known of directories and files (their size and time) stays
cached.
"""

from __future__ import absolute_import, division, print_function


def main(arguments):
    """Run the study. Return the exit code."""
    from tests.studies.benchmarks import _study

    return _study.main(arguments)

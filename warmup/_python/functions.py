"""Find the live functions, and read the import statements in their bytecode.

The garbage collector lists every function, also decorated functions, closures and methods that no dictionary of a
module leads to. It does not list functions that are compiled to C. A function that does not exist yet is read only if
it is nested in a function that exists.
"""

from __future__ import absolute_import, division, print_function

import gc
import sys
from _weakref import ref

from warmup._python.compat import FREE_THREADED, PY2, PYPY, Code, Function, Module, frames, variables_of
from warmup._python.surroundings import must_pass

# IMPORT_NAME, LOAD_CONST, EXTENDED_ARG, LOAD_SMALL_INT, LOAD_COMMON_CONSTANT of the versions that the tests have
# verified. The modules opcode and dis know them too, but their import takes longer than the import of this package.
# dis reads the bytecode of any other version.
_BEFORE_3_13 = (108, 100, 144, None, None)
_OPCODES = {
    (2, 7): (108, 100, 145, None, None),
    (3, 13): (75, 83, 71, None, None),
    (3, 14): (73, 82, 69, 94, 81),
    (3, 15): (72, 81, 67, 93, 80),
}
_OPCODES.update(((3, minor), _BEFORE_3_13) for minor in range(6, 13))
_VERSION = sys.version_info[:2]
is_verified = _VERSION in _OPCODES and (not PYPY or _VERSION == (3, 11))
_IMPORT_NAME, _LOAD_CONST, _EXTENDED_ARG, _LOAD_SMALL_INT, _LOAD_COMMON_CONSTANT = _OPCODES.get(_VERSION, _BEFORE_3_13)
# since PEP 810 the two low bits of the argument say whether the import is lazy
_NAME_SHIFT = 2 if _VERSION >= (3, 15) else 0

# More frozen objects mean that the program has called gc.freeze(). 3.12 itself starts with 375.
_FROZEN_AT_START = 1000

_IMPORT_SYSTEM = ("_frozen_importlib", "_frozen_importlib_external", "zipimport")


class UnreadableCode(Exception):
    """Say that bytecode does not look as this version of Python compiles it."""


class Reader(object):
    """Return each live code object once.

    Problem: the reader notes the addresses of the code objects that it has read, and a new code object may get an old
    address. What does not work: a reference to each code object would keep the constants of dropped functions alive.
    What is done: a weak reference for each. An address counts only while its reference leads to the same object. What
    is left: about 200 bytes for each code object. A function is not read again if its ``__code__`` is replaced.
    """

    def __init__(self):
        # address -> weak reference, for example {139950: <weakref to code of os.popen>}
        self._read = {}
        self._limit = None  # more addresses than this are too many, see `end`; None in the first call
        # how often each generation had been collected when the functions were last listed, [14, 1, 0]
        self._collections = None
        # the youngest function of the last list; all older ones were returned, <function popen>; None between calls
        self._youngest = None
        self._is_oldest_left_out = False  # of the last list; see `_generations`
        # what last_loaded() returned, and the loaded modules, when unlisted functions were looked for, {"os"}
        self._last_loaded, self._modules = None, frozenset()
        # an object that the last call has made as its last one; see `_was_moved`. None before the first call ends, and
        # from the first round of a call until its end
        self._marker = None
        # how many objects were frozen when unlisted functions were looked for; to count them takes time
        self._frozen = 0
        # which modules were running in the last call, {"__main__"}; they get functions without an import
        self._running = frozenset()

    def end(self):
        """End a call. Drop references to functions. If the addresses have doubled in number, drop those of dead code.

        To look at all code in each call would touch, and so copy, the pages of a forked worker.
        """
        self._youngest, read = None, self._read
        # Not earlier: the collector, which works again, has moved what this call made to the second generation.
        self._collections = _count_collections()
        self._marker = []
        if self._limit is None:  # the first call has read only code that is alive
            self._limit = max(2 * len(read), 20000)
        elif len(read) > self._limit:
            # Not by items(): so many tuples would start a collection of all objects.
            for address in [address for address in list(read) if read[address]() is None]:
                read.pop(address, None)
            self._limit = max(2 * len(read), self._limit)

    def functions(self):
        """Return the live functions that may have code which was not returned before, as a list."""
        generations, self._is_oldest_left_out = self._generations()
        if self._collections is None:
            functions = [item for item in gc.get_objects() if type(item) is Function]
            if PYPY:  # it has built-in functions too
                functions = [function for function in functions if type(function.__code__) is Code]
            return functions
        functions = []
        for item in reversed(gc.get_objects(generation=0)):
            if type(item) is Function:
                if item is self._youngest:
                    break
                functions.append(item)
        self._youngest = functions[0] if functions else self._youngest
        for generation in generations[1:]:
            objects = gc.get_objects(generation=generation)
            functions += [item for item in objects if type(item) is Function]
            del objects  # the name would keep all of them alive
        return functions

    def new_code(self, functions):
        """Yield ``(function, code)`` of what was not returned before: of ``functions`` and of unlisted functions.

        A generator, for speed. The caller reads each code object while it is still in the cache of the processor.
        """
        for pair in self._not_returned(functions):
            yield pair
        # A running module gets functions without an import.
        names = self._running if self._is_oldest_left_out else frozenset()
        if self._last_loaded is None or self._last_loaded != last_loaded():
            before, self._modules = self._modules, frozenset(list(sys.modules))
            self._last_loaded, names = last_loaded(), names | (self._modules - before)
            self._frozen = getattr(gc, "get_freeze_count", int)()
        if names and (self._frozen > _FROZEN_AT_START or _are_untracked()):
            for pair in self._unlisted(sorted(names, key=str)):
                yield pair
        if self._frozen > _FROZEN_AT_START:
            # Of this thread alone: sys._current_frames() in a sub-interpreter of 3.13.0 damages memory.
            self._running = frozenset(running_modules(sys._getframe()))

    def _generations(self):
        """Return ``(generations, is_oldest_left_out)``.

        ``generations``: those of the collector that may have functions which were not returned before.
        ``is_oldest_left_out``: whether the oldest generation may have some too. To list it would touch, and so copy,
        the pages of a forked worker. If the program had frozen objects before the last call, `_unlisted` reads what its
        new modules lead to instead. What is left: this misses a function that only data leads to, once a collection has
        moved it to the oldest generation.
        """
        before, self._collections = self._collections, _count_collections()
        # Only the first round of a call asks whether it was moved: each answer lists two generations.
        marker, self._marker = self._marker, None
        if before is None or self._collections is None:
            return (0, 1, 2), False
        # A collection moves the objects of its generation, and of the younger ones, to the next.
        is_oldest_newer = before[1:] != self._collections[1:]
        # Ask for the number of frozen objects last: gc counts them, a million in 30 ms.
        if is_oldest_newer and self._frozen <= _FROZEN_AT_START or marker is not None and _was_moved(marker):
            return (0, 1, 2), False
        if is_oldest_newer:
            return (0, 1), True
        return (0, 1) if before[0] != self._collections[0] else (0,), False

    def _not_returned(self, functions):
        """Yield ``(function, code)`` of those ``functions`` whose code was not returned before. Note them.

        The code is passed on, because Python raises an audit event each time that it is read.
        """
        read = self._read
        for function in functions:
            code = function.__code__
            address = id(code)
            if address not in read or read[address]() is not code:
                read[address] = ref(code)
                yield function, code

    def _unlisted(self, names):
        """Yield ``(function, code)`` of the functions that the collector does not list, of the modules ``names``.

        The collector does not list objects that ``gc.freeze()`` has put away. On free-threaded 3.13, it does not list
        functions after a thread has started. To read all that modules lead to would touch every page of a forked worker
        in each call. So this reads only what those modules lead to that have a function which was not returned before.
        What is left: an unlisted function that only another module's data leads to.
        """
        level, seen = [], set()
        for module in map(sys.modules.get, names):
            # Not vars(): the program may have given the module another class.
            values = list((variables_of(module) or {}).copy().values())
            if self._has_unlisted(values):
                level.extend(values)
        while level:
            following = []
            for item in level:
                kind = type(item)
                # The variables of a module, which its functions lead to, belong to that module.
                if id(item) in seen or kind is Module or kind is dict and "__builtins__" in item:
                    continue
                if kind is Function:
                    new = list(self._not_returned([item]))
                    # The closure of a decorated function leads to the function that was decorated.
                    if not new and item.__closure__ is None:
                        continue
                    for pair in new:
                        yield pair
                # Free-threaded 3.13 does not even track a function or a class that it has made immortal.
                if kind is Function or issubclass(kind, type) or gc.is_tracked(item):
                    seen.add(id(item))
                    following.append(item)
            level = gc.get_referents(*following)

    def _has_unlisted(self, values):
        """Return whether a function among ``values``, or a method of a class among them, was not returned before."""
        for value in values:
            items = vars(value).copy().values() if issubclass(type(value), type) else (value,)
            for item in items:
                item = item.__func__ if type(item) in (classmethod, staticmethod) else item
                if type(item) is not Function:
                    continue
                # The closure of a decorated function leads to the function that was decorated.
                for one in [item] + gc.get_referents(*item.__closure__ or ()):
                    if type(one) is Function:
                        known = self._read.get(id(one.__code__))
                        if known is None or known() is not one.__code__:
                            return True
        return False


def _was_moved(marker):
    """Return whether ``gc.freeze()`` and ``gc.unfreeze()`` have moved ``marker`` to the oldest generation.

    Python counts no collection then.
    """
    if any(id(marker) in map(id, gc.get_objects(generation=number)) for number in (0, 1)):
        return False
    # While objects are frozen, a collection or gc.freeze() alone has moved the marker.
    return gc.get_freeze_count() <= _FROZEN_AT_START


def _are_untracked():
    """Return whether the collector does not track some of the functions.

    When the first thread starts, free-threaded 3.13 stops tracking the functions that exist. So look at one that is
    older than each thread.
    """
    return FREE_THREADED and not gc.is_tracked(sys.modules["_frozen_importlib"].ModuleSpec.__init__)


def running_modules(frame):
    """Return the names of the modules whose body is on the stack that ends with ``frame``, the innermost first."""
    names = []
    for one in frames(frame):
        name = one.f_globals.get("__name__")
        if one.f_code.co_name == "<module>" and variables_of(sys.modules.get(name)) is one.f_globals:
            names.append(name)
    return names


def last_loaded():
    """Return a value that changes when a module is loaded or unloaded: the number of modules, and the last name.

    To look at all names would touch, and so copy, the pages of a forked worker. Before 3.8, return all names. Return
    ``None`` if another thread imports at this moment.
    """
    if sys.version_info < (3, 8):
        return frozenset(list(sys.modules))
    try:
        return len(sys.modules), next(reversed(sys.modules))
    except RuntimeError:  # another thread imports at this moment
        return None


def _count_collections():
    """Return how often each generation was collected, as a list. ``None`` where generations cannot be listed."""
    if sys.version_info < (3, 8) or PYPY or FREE_THREADED:
        return None
    return [generation["collections"] for generation in gc.get_stats()]


def is_at_import_statement(frame, at=None):
    """Return whether ``frame`` is at an import statement. ``True`` if this version's bytecode is not verified.

    ``at``: the place of an instruction in the bytecode; ``None`` means the one that runs now.
    """
    code, at = frame.f_code.co_code, frame.f_lasti if at is None else at
    return not is_verified or not 0 <= at < len(code) or code[at] == _IMPORT_BYTE


def code_with_names(pairs, words):
    """Return pairs of a function and code of it that uses a name of ``words``, as a list. Nested code counts as well.

    ``pairs``: of each function and its code; may be a generator.

    On a free-threaded build, nested code that has a function of its own among ``pairs`` is returned with that function
    alone. Elsewhere few functions are nested, and to look for them takes longer than to read them twice.

    ``words``: a set, or ``None`` for all code. On 2.7 code with an import statement is always returned, because
    `import27.install` may have to mark the statement as absolute.

    From 3.11 on the running body of a module is a function too. Its own import statements are not late, so they are
    not returned. Its nested functions are.
    """
    own = ()
    if FREE_THREADED:
        # This build lists the bodies of modules too. Without ``own``, half of the code would be read twice.
        pairs = list(pairs)
        own = frozenset([id(code) for _, code in pairs])
    found = []
    while pairs:
        nested = []
        for function, code in pairs:
            for constant in code.co_consts:
                if type(constant) is Code and id(constant) not in own:
                    nested.append((function, constant))
            if words is None or not words.isdisjoint(code.co_names) or PY2 and _IMPORT_BYTE in code.co_code:
                if code.co_name != "<module>":
                    found.append((function, code))
        pairs = nested
    return found


def uncalled_import_system(functions):
    """Return functions that neither the import system nor the running code calls, ``{name: [(function, code)]}``.

    The functions are methods of the import system for others: importlib.metadata, importlib.resources and
    importlib.invalidate_caches(). Each interpreter has them loaded, but few programs call them.
    """
    variables = {id(vars(sys.modules[name])) for name in _IMPORT_SYSTEM if type(sys.modules.get(name)) is Module}
    pairs = [(one, one.__code__) for one in functions if id(one.__globals__) in variables]
    called = set().union(*[frame.f_code.co_names for frame in frames(sys._getframe())])
    for function, code in code_with_names(pairs, None):
        # A method that calls methods of its own name, in other classes, does not show that it is called itself.
        called.update(set(code.co_names).difference([function.__name__]))
    uncalled = {}
    for pair in pairs:
        name = pair[0].__name__
        if name not in called:
            uncalled.setdefault(name, []).append(pair)
    return uncalled


# --- import statements

if PY2:
    _IMPORT_BYTE = chr(_IMPORT_NAME)

    def _read_statements(code):
        bytecode, names, constants = code.co_code, code.co_names, code.co_consts
        at = bytecode.find(_IMPORT_BYTE)
        while at != -1:
            # Instructions have one byte or three. An argument may look like IMPORT_NAME, but two LOAD_CONST do not
            # stand before it.
            if at >= 6 and bytecode[at - 3] == bytecode[at - 6] == chr(_LOAD_CONST):
                name, from_names, level = (
                    ord(bytecode[i + 1]) + 256 * ord(bytecode[i + 2]) for i in (at, at - 3, at - 6)
                )
                if name < len(names) and max(from_names, level) < len(constants):
                    if type(constants[level]) is int and type(constants[from_names]) in (tuple, type(None)):
                        yield names[name], constants[level], constants[from_names] or ()
            at = bytecode.find(_IMPORT_BYTE, at + 1)

else:
    _IMPORT_BYTE = _IMPORT_NAME

    def _read_statements(code):
        bytecode = code.co_code
        at = bytecode.find(_IMPORT_BYTE)
        while at != -1:
            if at % 2 == 0:  # the byte at an odd place is an argument
                name, before = _argument(bytecode, at)
                from_names, before = _constant(code, bytecode, before)
                level, _ = _constant(code, bytecode, before)
                yield code.co_names[name >> _NAME_SHIFT], level, from_names or ()
            at = bytecode.find(_IMPORT_BYTE, at + 1)

    def _argument(bytecode, at):
        """Return the argument of the instruction at ``at``, and the place of the instruction before it."""
        argument, shift = bytecode[at + 1], 8
        while at >= 2 and bytecode[at - 2] == _EXTENDED_ARG:
            at -= 2
            argument |= bytecode[at + 1] << shift
            shift += 8
        return argument, at - 2

    def _constant(code, bytecode, at):
        if at < 0:
            raise UnreadableCode("nothing is loaded before the import")
        argument, before = _argument(bytecode, at)
        if bytecode[at] == _LOAD_CONST:
            return code.co_consts[argument], before
        if bytecode[at] == _LOAD_SMALL_INT:
            return argument, before
        # 3.15: the common constant before an import is None.
        if bytecode[at] == _LOAD_COMMON_CONSTANT:
            return None, before
        raise UnreadableCode("an unknown instruction, %d, before the import" % bytecode[at])


def package_of(variables):
    """Return the package from which relative imports of a module with these globals start, or ``""``."""
    package, name = dict.get(variables, "__package__"), dict.get(variables, "__name__")
    if package is None and type(name) is str:
        package = name if dict.get(variables, "__path__") is not None else name.rpartition(".")[0]
    return package if type(package) is str else ""


def absolute_name(name, level, package):
    """Return the absolute name of a relative import in ``package``. ``None`` if it leads above all packages.

    Then the statement itself raises an error.
    """
    if not package or package.count(".") < level - 1:
        return None
    package = package.rsplit(".", level - 1)[0]
    return package + "." + name if name else package


def _statements_by_dis(code):
    import dis  # at the top, it would load a dozen modules that a verified version does not need

    loaded = []
    for instruction in dis.get_instructions(code):
        if instruction.opname == "IMPORT_NAME":
            if len(loaded) < 2:
                raise UnreadableCode("nothing is loaded before the import")
            yield instruction.argval.partition(" ")[0], loaded[-2], loaded[-1] or ()
        elif instruction.opname.startswith("LOAD_"):
            loaded.append(instruction.argval)


def import_statements(code):
    """Return ``(name, level, from_names)`` of each import statement in ``code``, as a list.

    The three are the arguments of ``__import__``. Raise `UnreadableCode` if the bytecode cannot be read, and no other
    error. A program may have changed or encrypted its bytecode. A function that has run under a tool
    which traces single instructions, as a debugger may, shows no import.
    """
    # From 3.11 on ``co_code`` is a copy, which Python keeps as long as the code. Without these lines, packages=["*"]
    # takes a quarter more memory. Nothing keeps the copy that this attribute makes.
    bytecode = getattr(code, "_co_code_adaptive", None) if is_verified else None
    if bytecode is not None and _IMPORT_BYTE not in bytecode[::2]:
        return []
    try:
        statements = list(_read_statements(code) if is_verified else _statements_by_dis(code))
    except UnreadableCode:
        raise
    except Exception as error:
        if must_pass():
            raise
        raise UnreadableCode("%s: %s" % (type(error).__name__, error))
    for name, level, from_names in statements:
        is_readable = type(name) is str and type(level) is int and type(from_names) is tuple
        if not is_readable or not all(type(one) is str for one in from_names):
            raise UnreadableCode("the import of %r has level %r and names %r" % (name, level, from_names))
    return statements

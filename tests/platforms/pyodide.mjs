// node tests/platforms/pyodide.mjs FOLDER [TEST MODULE ...]
//
// Try preload() on the Pyodide that `npm install pyodide` has put in FOLDER, and run test modules that start no
// process. The last line says what was found; the exit code is 1 if something is wrong.
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const [folder, ...tests] = process.argv.slice(2);
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..", "..");
const entry = path.resolve(folder, "node_modules", "pyodide", "pyodide.mjs");
const { loadPyodide } = await import(pathToFileURL(entry));

const python = await loadPyodide();
python.FS.mkdir("/warmup");
python.FS.mount(python.FS.filesystems.NODEFS, { root }, "/warmup");
python.globals.set("test_names", python.toPy(tests));
process.exitCode = await python.runPythonAsync(`
import platform, subprocess, sys, threading, unittest
sys.dont_write_bytecode = True
sys.path.insert(0, "/warmup")
from tests.platforms import inside

found = inside.run(True)
problems = [word for word in ("late", "failed") if found[word]]
if found["targets"] < 100:
    problems.append("targets")
for word in problems:
    print("%s: %s" % (word, found[word]))

def skip(*arguments, **options):
    raise unittest.SkipTest("WebAssembly has no processes and no threads")

subprocess.Popen = threading.Thread.start = skip
suite = unittest.defaultTestLoader.loadTestsFromNames(test_names)
result = unittest.TextTestRunner(stream=sys.stdout).run(suite)
print("pyodide: CPython %s, nothing late: %s, %d targets, %d tests, %d skipped, %d failed" % (
    platform.python_version(), not found["late"], found["targets"], result.testsRun, len(result.skipped),
    len(result.failures) + len(result.errors)))
int(bool(problems) or not result.wasSuccessful())
`);

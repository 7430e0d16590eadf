/* A program with Python inside, and no argv for it. */
#include <Python.h>

int main(void)
{
    int failed;
    Py_Initialize();
    failed = PyRun_SimpleString(
        "import measuring, warmup, work\n"
        "warmup.preload()\n"
        "measuring.tasks(work.do)\n");
    return Py_FinalizeEx() || failed;
}

import io
import os

from setuptools import find_packages, setup

with io.open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "README.rst"), encoding="utf-8") as readme:
    long_description = readme.read()

setup(
    name="warmup",
    version="0.1.0",
    description="Imports now, in the main thread, what the interpreter would import later behind your back",
    long_description=long_description,
    long_description_content_type="text/x-rst",
    license="MIT",
    packages=find_packages(include=["warmup", "warmup.*"]),
    package_data={"warmup": ["py.typed", "*.pyi"], "warmup.prove": ["scenarios/*.py"]},
    python_requires=">=2.7, !=3.0.*, !=3.1.*, !=3.2.*, !=3.3.*, !=3.4.*, !=3.5.*",
    zip_safe=False,  # type checkers do not look for py.typed in a zip file
    options={"bdist_wheel": {"universal": True}},
    classifiers=[
        "Development Status :: 4 - Beta",
        "Intended Audience :: Developers",
        "Intended Audience :: System Administrators",
        "Operating System :: OS Independent",
        "Programming Language :: Python :: 2.7",
        "Programming Language :: Python :: 3",
        "Programming Language :: Python :: Implementation :: CPython",
        "Programming Language :: Python :: Implementation :: PyPy",
        "Topic :: Software Development :: Libraries :: Python Modules",
    ],
)

import io
import os
import re

from setuptools import find_packages, setup

HERE = os.path.dirname(os.path.abspath(__file__))


def read(*names):
    with io.open(os.path.join(HERE, *names), encoding="utf-8") as stream:
        return stream.read()


# Importing the package would need it on the path, and would leave compiled files in the checkout.
version = re.search(u'^__version__ = "(.+)"$', read("warmup", "__init__.py"), re.MULTILINE).group(1)

# CI runs the tests on these versions.
VERSIONS = "2.7 3 3.6 3.7 3.8 3.9 3.10 3.11 3.12 3.13 3.14 3.15".split()

setup(
    name="python-warmup",
    version=str(version),
    description="Find out what this interpreter would import late, import it now, prove that nothing stalls",
    long_description=read("README.rst"),
    long_description_content_type="text/x-rst",
    license="MIT",
    author="The warmup maintainers",
    keywords="import preload warm-up codecs startup fork threads lazy-imports",
    packages=find_packages(include=["warmup", "warmup.*"]),
    package_data={"warmup": ["py.typed", "*.pyi"], "warmup.prove": ["scenarios/*.py"]},
    entry_points={"console_scripts": ["warmup = warmup._cli:script"]},
    python_requires=">=2.7, !=3.0.*, !=3.1.*, !=3.2.*, !=3.3.*, !=3.4.*, !=3.5.*",
    zip_safe=False,  # type checkers do not look for py.typed in a zip file
    options={"bdist_wheel": {"python_tag": "py2.py3"}},
    classifiers=[
        "Development Status :: 4 - Beta",
        "Intended Audience :: Developers",
        "Intended Audience :: System Administrators",
        # What the tests were run on; README.rst has the table of platforms.
        "Operating System :: POSIX :: Linux",
        "Operating System :: Microsoft :: Windows",
    ]
    + ["Programming Language :: Python :: " + one for one in VERSIONS]
    + [
        "Programming Language :: Python :: Implementation :: CPython",
        "Programming Language :: Python :: Implementation :: PyPy",
        "Programming Language :: Python :: Free Threading :: 2 - Beta",
        "Topic :: Software Development :: Libraries :: Python Modules",
        "Topic :: System :: Boot",
        "Typing :: Typed",
    ],
)

"""Lets Ray start where a package registry lacks what it measures itself with: those modules are then empty.

The Jobs API, the scheduler and the nodes are Ray's own. Python imports this file at its start where it lies on PYTHONPATH.
"""
import importlib.abc
import importlib.machinery
import sys
import types

MISSING = ("aiohttp_cors", "opencensus", "opentelemetry")


class _AnyName(type):
    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return cls


class _Nothing(metaclass=_AnyName):
    """Whatever is asked of it, it does nothing and gives itself."""

    def __init__(self, *_, **__):
        pass

    def __call__(self, *_, **__):
        return self

    def __iter__(self):
        return iter(())

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self


class _EmptyModule(types.ModuleType):
    __path__: list = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return _Nothing


class _Loader(importlib.abc.Loader):
    def create_module(self, spec):
        return _EmptyModule(spec.name)

    def exec_module(self, module):
        pass


class _Finder(importlib.abc.MetaPathFinder):
    """Asked last: a module that is installed comes first."""

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] not in MISSING:
            return None
        return importlib.machinery.ModuleSpec(name, _Loader(), is_package=True)


sys.meta_path.append(_Finder())

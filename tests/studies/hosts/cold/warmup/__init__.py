"""Stands in for the package in a cold run: so that one configuration file serves for both."""


def preload(**options):
    """Do nothing."""


def watch(action, exclude=()):
    """Do nothing."""

"""Stand for the package in a cold run, so that one configuration file serves cold and warm runs."""


def preload(**options):
    """Do nothing."""


def watch(action, exclude=()):
    """Do nothing."""

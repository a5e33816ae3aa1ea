"""Lets the watching begin once everything that is watched has been loaded."""

import os
from importlib import import_module

from django.apps import AppConfig


class KillableConfig(AppConfig):
    name = "tests.races.killable"
    label = "killable"

    def ready(self):
        import_module("tests.races.killable.watching").begin(os.environ["KILL_FOLDER"])

"""The settings of tests for real processes: jobs go through the queue to a worker."""

from config.settings_test import *  # noqa: F403
from config.settings_test import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.races.killable"]
JOBS_INLINE = False

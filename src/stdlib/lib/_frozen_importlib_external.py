"""Stands aside for importlib/_bootstrap_external.py, which _frozen_importlib has set up."""

import sys
from importlib import _bootstrap_external

sys.modules[__name__] = _bootstrap_external

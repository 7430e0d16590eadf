"""Start the recorder in every interpreter that a host starts, then run the ``sitecustomize`` that this one hides."""

import os
import sys

import recorder

recorder.install()

sys.path = [folder for folder in sys.path if os.path.abspath(folder) != os.path.dirname(os.path.abspath(__file__))]
hidden = sys.modules.pop("sitecustomize")
try:
    import sitecustomize
except ImportError:
    sys.modules["sitecustomize"] = hidden
sys.modules["recorder"] = recorder  # the application asks for it by name

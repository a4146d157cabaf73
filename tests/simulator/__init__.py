"""A whole estate in one process, for scale and for faults: it answers as the services do, and keeps the ledger.

``python -m simulator`` (with tests/ on the path) serves one; tests take ``simulated(**knobs)`` or the fixture
``simulator``. What it may be asked to do is in knobs.py, what it has to say in ledger.py and control.py.
"""

from simulator.handle import Simulator, simulated

__all__ = ["Simulator", "simulated"]

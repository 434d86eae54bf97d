"""The Hub in service, on SimPy's clock. Deterministic; draws no random numbers."""

from sim.compiled import compiled_path

__path__[:0] = compiled_path()  # a compiled module goes before its source
COMPILED = len(__path__) > 1

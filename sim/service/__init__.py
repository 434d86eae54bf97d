"""The Hub in service, on SimPy's clock. Deterministic; draws no random numbers."""

"""The register of evidence, and parameters drawn from the ranges that it gives."""

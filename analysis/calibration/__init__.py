"""Calibrates the default Hub: fits what has no source to the study's figures, and says which figures are met."""

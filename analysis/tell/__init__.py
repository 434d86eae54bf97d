"""How results are told: words, numbers, warnings, the look of figures."""

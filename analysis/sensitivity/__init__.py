"""Which uncertain numbers drive a figure: screening (Morris), shares of variance (Sobol'), and one at a time."""

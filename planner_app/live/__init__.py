"""Live: what-ifs answered while they are moved, at once from few simulated days, then from more."""

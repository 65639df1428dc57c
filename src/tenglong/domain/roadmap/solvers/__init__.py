"""Solvers of roadmaps behind one door, `choose.solve`; only this package knows numba, SciPy and HiGHS."""

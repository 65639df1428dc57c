"""A first plan and bound in NumPy alone: there before numba, SciPy and HiGHS are even imported."""

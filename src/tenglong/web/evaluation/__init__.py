"""Pages of schemes, runs, results, objections, prices and screening."""

"""Files from outside as plain cells: guarded, limited, nothing evaluated."""

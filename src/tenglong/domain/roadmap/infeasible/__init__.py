"""What to do where no plan is feasible: which limits contradict each other, and the cheapest way out."""

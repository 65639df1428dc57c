"""The cheapest change of a firm's own figures that lifts it out of its grade."""

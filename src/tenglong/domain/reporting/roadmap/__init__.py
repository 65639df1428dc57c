"""What reports say of roadmaps: content, sheets and wall chart."""

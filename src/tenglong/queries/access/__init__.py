"""Who the people are and what they may see."""

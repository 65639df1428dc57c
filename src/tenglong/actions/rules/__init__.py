"""Rule files of the city: what is in force where, and how one comes into force."""

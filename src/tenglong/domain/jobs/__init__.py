"""Work in the background, as rules: which lane a job runs in, what is due when."""

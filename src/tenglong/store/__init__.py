"""The Django app that keeps everything: one file of models per topic, and the database's own guards."""

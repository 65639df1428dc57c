"""The three-ables review (三可审查): a plan and each firm in it judged with numbers."""

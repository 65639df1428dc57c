"""What everything else is made of: messages, errors, exact quantities, days, rule files."""

"""The engines that carry out a scheme; `reference` is the judge of the others."""

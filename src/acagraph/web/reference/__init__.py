"""What the reference pages show: terms, rules, schemes, questions, coverage, and what a source says."""

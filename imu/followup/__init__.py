"""What follows a run: from its analysis to what the rules of training read."""

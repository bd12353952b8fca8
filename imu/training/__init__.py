"""What a history of runs means: baseline, charts, load, pain, plan. Pure rules: same history, same answer."""

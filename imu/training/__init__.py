"""What a history of runs means: baseline, charts, load, pain and the plan.

Pure rules: same history, same answer.
"""

"""The dashboard: what a runner, a coach and a clinician see in a browser."""

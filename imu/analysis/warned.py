"""What a warning of a run says, with and without what to do about it."""


def said(finding: str, *advice: str) -> dict[str, str]:
    """`sentence` is for the runner; `finding` for a record of what was found, which gives no advice."""
    return {"finding": finding, "sentence": " ".join([finding, *advice])}

"""Words as a line or a sentence begins."""


def begun(words: str) -> str:
    """Only the first letter changes, for German nouns keep theirs."""
    return words[:1].upper() + words[1:]

"""Texts that a device tells of itself, such as its serial number."""


def text_of(value: bytes) -> str:
    """What can be shown of them, in one line: whoever builds a device may put an escape sequence there."""
    told = value.decode("utf-8", "replace")
    return "".join(character for character in told if character.isprintable()).strip()

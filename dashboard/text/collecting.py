"""Finds what a module says, for the catalogues: also within f-strings and within what fills other words.

A method of Babel (`dashboard/text/babel.cfg`); its own reads tokens, and an f-string is one of them.
"""

import ast
from collections.abc import Collection, Iterator, Mapping
from typing import IO, Any

Found = tuple[int, str, str | tuple[str, ...], list[str]]


def words_of(
    file: IO[bytes], keywords: Collection[str], _comment_tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[Found]:
    """Line, name of the function, its first texts, no comments."""
    del options  # there are none
    for node in ast.walk(ast.parse(file.read())):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in keywords):
            continue
        texts = []
        for argument in node.args:
            if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str)):
                break
            texts.append(argument.value)
        if texts:
            yield node.lineno, node.func.id, texts[0] if len(texts) == 1 else tuple(texts), []

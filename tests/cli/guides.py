"""The commands that documentation shows."""

import re
import shlex
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

from mapapp.settings import ROOT

_BLOCK = re.compile(r"^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
_COMMAND = re.compile(r"(?:^|[\s/=])mapapp (?=[a-z])", re.MULTILINE)


def guides() -> tuple[Path, ...]:
    """Every page of documentation, the README among them."""
    return (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))


def shell_commands(guide: Path) -> list[list[str]]:
    """The lines of the blocks marked ``sh``, as a shell would take them apart; comments are left out."""
    blocks = (
        found["text"] for found in _BLOCK.finditer(guide.read_text(encoding="utf-8")) if found["language"] == "sh"
    )
    lines = (line for block in blocks for line in block.replace("\\\n", " ").splitlines())
    return [words for line in lines if (words := shlex.split(line, comments=True))]


def mentioned_commands(guide: Path) -> Iterator[list[str]]:
    """The arguments of every ``mapapp …`` that a block or a piece of code in the text shows."""
    text = guide.read_text(encoding="utf-8")
    pieces = [found["text"] for found in _BLOCK.finditer(text)]
    pieces += re.findall(r"(?<!`)`([^`\n]+)`(?!`)", _BLOCK.sub("", text))
    for piece in pieces:
        for found in _COMMAND.finditer(piece.replace("\\\n", " ")):
            line, _, _ = piece.replace("\\\n", " ")[found.end() :].partition("\n")
            yield _up_to_an_operator(line)


def _up_to_an_operator(line: str) -> list[str]:
    """The words of a command; a pipe, ``&&`` or a comment ends it, but not inside of quotation marks."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;<>")
    lexer.whitespace_split = True
    return list(takewhile(lambda word: not set(word) <= set("|&;<>"), lexer))

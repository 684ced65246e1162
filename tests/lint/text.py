#!/usr/bin/env python3
"""Checks text files: UTF-8, Unicode Form C, line ends, a final newline, no blanks at the end of a line.

Fixtures and fuzzing corpora are bytes for parsers and are left out. Usage: text.py FILE...
"""

import sys
import unicodedata

BYTES = ("tests/fuzz/corpus/", "tests/fixtures/")
PICTURES = (".png", ".jpg", ".webp", ".pdf", ".ico")


def problems(name):
    with open(name, "rb") as file:
        data = file.read()
    if not data:
        return
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as wrong:
        yield 0, f"not UTF-8 at byte {wrong.start}"
        return
    if not text.endswith("\n"):
        yield 0, "no newline at the end"
    for number, line in enumerate(text.split("\n"), 1):
        if "\r" in line:
            yield number, "a carriage return"
        if line != line.rstrip(" \t") and not name.endswith(".md"):
            yield number, "blanks at the end"
        if not unicodedata.is_normalized("NFC", line):
            yield number, "not in Form C"


def main(names):
    found = 0
    for name in names:
        if name.startswith(BYTES) or name.endswith(PICTURES):
            continue
        for line, what in problems(name):
            print(f"{name}:{line}: {what}")
            found += 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

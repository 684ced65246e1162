#!/usr/bin/env python3
"""Checks the staff guides against the program: words in bold stand on a screen, pictures exist, each with words for who
does not see it; no picture is left that no guide shows; the volunteer's part is ten minutes' reading.

Usage: guide.py, in the folder of the project.
"""

import glob
import json
import os
import re
import sys

LANGUAGES = ("vi", "en")
PICTURES = "docs/pictures/staff"
PICTURES_BYTES_MAX = 6 * 1024 * 1024
# Words a minute, read with understanding: syllables in Vietnamese, as Vietnamese writes each by itself.
WORDS_A_MINUTE = {"vi": 230, "en": 200}
MINUTES = 10
ADMIN_PART = re.compile(r"^## 9\. ", re.M)  # where the volunteer's part ends


def strings(value):
    if isinstance(value, str):
        yield value
    else:
        for part in value.values():
            yield from strings(part)


def screen_words(lang):
    """A pattern for each text of the locale files; {count} and the like stand for anything."""
    for name in [f"assets/locales/{lang}.json"] + sorted(glob.glob(f"assets/locales/{lang}/*.json")):
        with open(name, encoding="utf-8") as file:
            for text in strings(json.load(file)):
                parts = re.split(r"\{[\w.]+\}", text)
                if re.search(r"[^\W\d]{2}", "".join(parts)):  # "{date}, {time}" is on every screen and on none
                    yield re.compile(".+".join(re.escape(part) for part in parts))


def joined(text):
    return re.sub(r"\s+", " ", text)


def bold(text):
    for match in re.finditer(r"\*\*(.+?)\*\*", text, re.S):
        yield text.count("\n", 0, match.start()) + 1, joined(match[1])


def images(text):
    for match in re.finditer(r"<img ([^>]*)>", text):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', match[1]))
        yield text.count("\n", 0, match.start()) + 1, attributes.get("src", ""), attributes.get("alt", "")


def reading_words(text):
    return len(re.sub(r"<[^>]*>|\]\([^)]*\)|[#*`|\[\]_-]", " ", text).split())


def problems(lang):
    name = f"docs/staff-guide.{lang}.md"
    with open(name, encoding="utf-8") as file:
        text = file.read()
    known = list(screen_words(lang))
    for line, words in bold(text):
        if not any(pattern.fullmatch(words) for pattern in known):
            yield f"{name}:{line}: no screen says “{words}”"
    shown = set()
    for line, source, alt in images(text):
        shown.add(os.path.normpath(os.path.join("docs", source)))
        if f"/{lang}/" not in source or not os.path.isfile(os.path.join("docs", source)):
            yield f"{name}:{line}: there is no picture {source} in this language"
        if not alt.strip():
            yield f"{name}:{line}: {source} has no words for who does not see it"
    for picture in sorted(glob.glob(f"{PICTURES}/{lang}/*.png")):
        if picture not in shown:
            yield f"{name}: shows no {picture}"
    own, *rest = ADMIN_PART.split(text)
    if not rest:
        yield f"{name}: has no part 9"
    if reading_words(own) > MINUTES * WORDS_A_MINUTE[lang]:
        yield f"{name}: the volunteer's part has {reading_words(own)} words, too many for {MINUTES} minutes"


def main():
    found = [problem for lang in LANGUAGES for problem in problems(lang)]
    size = sum(os.path.getsize(name) for name in glob.glob(f"{PICTURES}/*/*.png"))
    if size > PICTURES_BYTES_MAX:
        found.append(f"{PICTURES}: {size} bytes, more than {PICTURES_BYTES_MAX}")
    for problem in found:
        print(problem)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

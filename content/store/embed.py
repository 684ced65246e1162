"""Writes the numbered migrations as one C array: embed.py OUT.c FILE.sql..."""
import pathlib
import re
import sys

out, files = sys.argv[1], sorted(sys.argv[2:], key=lambda f: pathlib.Path(f).name)
lines = ['#include "content/store/migrate.h"', ""]
rows = []
for wanted, name in enumerate(files, start=1):
    number = int(re.match(r"(\d{4})-", pathlib.Path(name).name).group(1))
    if number != wanted:
        sys.exit(f"{name}: migrations are numbered without gaps; expected {wanted:04d}")
    data = pathlib.Path(name).read_bytes()
    numbers = ",".join(str(b) for b in data + b"\0")
    lines.append(f"static const unsigned char migration_{number}[] = {{{numbers}}};")
    rows.append(f'    {{.name = "{pathlib.Path(name).name}", .sql = (const char *)migration_{number}}},')
lines += ["", "const struct migration migrations[] = {", *rows, "};", f"const int migration_count = {len(rows)};", ""]
pathlib.Path(out).write_text("\n".join(lines))

"use strict";
/* The buttons above a story. Each sets its mark, or takes it away where it is set; the letters stay, and so do the caret or
   the selection, among the same letters as before. Bold pressed at the end of bold letters goes on behind them.

   What a button does: { edits, caret }. An edit is { at, remove, insert, opens }; `opens` is true of what stands before the
   writing, so that a caret at the same place comes behind it. Where `caret` is given, it goes there, by the old text. */
(() => {
  const form = document.getElementById("site");
  if (!form) return;

  const cut = (at, remove) => ({ at, remove, insert: "", opens: true });
  const open = (at, insert, remove = 0) => ({ at, remove, insert, opens: true });
  const close = (at, insert) => ({ at, remove: 0, insert, opens: false });

  function moved(position, edits) {
    let by = 0;
    for (const { at, remove, insert, opens } of edits)
      if (at < position || (at === position && opens)) by += insert.length - Math.min(remove, position - at);
    return position + by;
  }

  /* One change of the field. execCommand keeps the browser's own undo, which setRangeText does not. */
  function change(area, edits, start, end) {
    area.focus();
    if (edits.length) {
      const from = edits[0].at;
      const to = Math.max(...edits.map(({ at, remove }) => at + remove));
      let text = "";
      let done = from;
      for (const { at, remove, insert } of edits) {
        text += area.value.slice(done, at) + insert;
        done = Math.max(done, at + remove);
      }
      area.setSelectionRange(from, to);
      if (!document.execCommand(text ? "insertText" : "delete", false, text)) {
        area.setRangeText(text, from, to);
        area.dispatchEvent(new Event("input", { bubbles: true }));
      }
    }
    area.setSelectionRange(moved(start, edits), moved(end, edits));
  }

  /* ---- lines: headings, lists and quotes, of which a line is one */

  const MARK = /^(#{1,6}|[-*+]|>) +/;

  /* Those that the selection touches; not the one at whose very beginning it ends. Blank ones only where all are. */
  function linesOf(value, start, end) {
    const first = value.slice(0, start).lastIndexOf("\n") + 1;
    const last = end > start && value[end - 1] === "\n" ? end - 1 : end;
    let at = first;
    const lines = [];
    for (const text of value.slice(first, (value + "\n").indexOf("\n", last)).split("\n")) {
      lines.push({ at, text });
      at += text.length + 1;
    }
    const written = lines.filter(({ text }) => text.trim());
    return written.length ? written : lines.slice(0, 1);
  }

  const line = (mark) => (value, start, end) => {
    const lines = linesOf(value, start, end).map(({ at, text }) => ({ at, had: MARK.exec(text)?.[0] ?? "" }));
    const isOn = ({ had }) => had[0] === mark[0] || (mark === "- " && /^[*+]/.test(had));
    if (lines.every(isOn)) return { edits: lines.map(({ at, had }) => cut(at, had.length)) };
    return { edits: lines.filter((one) => !isOn(one)).map(({ at, had }) => open(at, mark, had.length)) };
  };

  /* ---- letters: bold and italic, which begin and end in the same line */

  const has = (mark, stars) => (mark.length === 2 ? stars >= 2 : stars % 2 === 1);

  /* What stands between asterisks that make it bold (two) or italic (one), in the line around `at`. */
  function pairs(value, at, mark) {
    const begin = value.slice(0, at).lastIndexOf("\n") + 1;
    const text = value.slice(begin, (value + "\n").indexOf("\n", at)).replace(/^[*] /, "- ");
    const runs = [...text.matchAll(/\*+/g)].map(({ 0: { length }, index }) => ({ from: begin + index, to: begin + index + length, length }));
    const empty = runs.find(({ from, to }) => at - from === to - at && to > from);
    if (empty) return has(mark, empty.length / 2) ? [{ from: at, to: at }] : [];
    const ends = runs.filter(({ length }) => has(mark, length));
    return ends.flatMap(({ to }, i) => (i % 2 === 0 && ends[i + 1] ? [{ from: to, to: ends[i + 1].from }] : []));
  }

  /* What the selection holds of each line, without the line's mark and without spaces and asterisks at its ends. */
  function pieces(value, start, end) {
    const parts = linesOf(value, start, end).map(({ at, text }) => {
      let from = Math.max(start, at + (MARK.exec(text)?.[0].length ?? 0));
      let to = Math.min(end, at + text.length);
      while (from < to && /[\s*]/.test(value[from])) from += 1;
      while (from < to && /[\s*]/.test(value[to - 1])) to -= 1;
      return { from, to };
    });
    return parts.filter(({ from, to }) => from < to);
  }

  const letters = (mark) => (value, start, end) => {
    const written = pieces(value, start, end);
    const parts = (written.length ? written : [{ from: end, to: end }]).map((part) => {
      const all = pairs(value, part.from, mark);
      return { ...part, on: all.find(({ from, to }) => from <= part.from && part.to <= to), inside: all.filter(({ from, to }) => part.from <= from && to <= part.to) };
    });
    const off = ({ from, to }) => [cut(from - mark.length, mark.length), cut(to, mark.length)];
    const { on } = parts[0];
    if (start === end && on && on.from < on.to && on.to === end) return { edits: [], caret: end + mark.length };
    if (parts.every((part) => part.on)) return { edits: parts.flatMap((part) => off(part.on)) };
    const set = ({ from, to, inside }) => [open(from, mark), ...inside.flatMap(off), close(to, mark)];
    return { edits: parts.filter((part) => !part.on).flatMap(set) };
  };

  /* ---- links: [words](address); the caret comes where the next of the two is to be written */

  function link(value, start, end) {
    for (const { 0: whole, 1: words, index } of value.matchAll(/\[([^[\]\n]*)\]\([^()\s]*\)/g))
      if (index <= start && end <= index + whole.length) return { edits: [cut(index, 1), cut(index + 1 + words.length, whole.length - words.length - 1)] };
    const { from, to } = pieces(value, start, end)[0] ?? { from: end, to: end };
    const address = /^https?:\S+$/.test(value.slice(from, to));
    if (address || from === to) return { edits: [open(from, "["), close(from, "]("), close(to, ")")], caret: from };
    return { edits: [open(from, "["), open(to, "]("), close(to, ")")], caret: to };
  }

  const marks = { bold: letters("**"), italic: letters("*"), heading: line("## "), list: line("- "), quote: line("> "), link };

  function press(area, name) {
    const { value, selectionStart, selectionEnd } = area;
    const { edits, caret } = marks[name](value, selectionStart, selectionEnd);
    change(area, edits.sort((a, b) => a.at - b.at), caret ?? selectionStart, caret ?? selectionEnd);
  }

  for (const area of form.querySelectorAll('textarea[name^="text."][name$=".body"]')) {
    const bar = document.getElementById("toolbar").content.firstElementChild.cloneNode(true);
    bar.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) press(area, button.dataset.mark);
    });
    area.before(bar);
    area.addEventListener("keydown", (event) => {
      const name = { b: "bold", i: "italic", k: "link" }[event.key];
      if (!name || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
      event.preventDefault();
      press(area, name);
    });
  }
})();

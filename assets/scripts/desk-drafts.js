"use strict";
/* Nothing typed is lost. Every form with data-draft="SUBJECT" is kept on the server two seconds after the last
   key, when the page is left and before it is saved; without network in this browser, until there is one again.
   Each page writes to a draft and to a copy of its own, so that none writes over what another page kept; a draft
   that was opened from another page is gone on with as long as nobody else does. */
(() => {
  const PAUSE = 2000; // milliseconds after the last key
  const RETRY = 15000; // between tries without network
  const WATCH = 20000; // how often others are asked for
  /* What a button is called in the sentences about it ("unsentSave"), by its step; all others are "Other". */
  const MEANING = { save: "Save", next: "Save", submit: "Submit", propose: "Submit", publish: "Publish", schedule: "Schedule" };
  const lang = document.documentElement.lang;
  const user = document.body.dataset.user ?? "";

  /* Times as the server writes them. */
  const DAYS = { vi: ["vi", "numeric"], en: ["en-GB", "long"] }; // whose order, and how the month is named
  const clock = (ms) => new Date(ms).toLocaleTimeString(lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  function dayAndClock(ms) {
    const [order, month] = DAYS[lang] ?? [lang, "long"];
    return `${new Date(ms).toLocaleDateString(order, { day: "numeric", month, year: "numeric" })}, ${clock(ms)}`;
  }
  /* Copies in this browser, a key for each page that keeps one: { fields, at }. */
  const local = {
    prefix: (subject) => `stele-draft:${user}:${subject}`,
    key: (subject, writer) => `stele-draft:${user}:${subject}#${writer}`,
    write(key, copy) {
      try {
        localStorage.setItem(key, JSON.stringify(copy));
        return true;
      } catch {
        return false; // full, or not allowed
      }
    },
    drop(key) {
      try {
        localStorage.removeItem(key);
      } catch {
        /* nothing was kept then */
      }
    },
    /* Those of a subject that other pages kept, the newest first. */
    others(subject, own) {
      const prefix = local.prefix(subject);
      const copies = [];
      try {
        for (const key of Object.keys(localStorage)) {
          if (key === own || (key !== prefix && !key.startsWith(`${prefix}#`))) continue;
          const copy = JSON.parse(localStorage.getItem(key));
          if (typeof copy?.fields === "string") copies.push({ key, ...copy });
        }
      } catch {
        /* what cannot be read cannot be offered */
      }
      return copies.sort((a, b) => b.at - a.at);
    },
  };

  /* What the form holds, and with `whole` which draft it is. */
  function encode(form, whole = false) {
    const out = new URLSearchParams();
    for (const element of form.elements)
      if (element.type === "password") element.dataset.secret = "1";
    for (const [name, value] of new FormData(form)) {
      if (name === "csrf" || typeof value !== "string") continue;
      if (!whole && name.startsWith("draft_")) continue;
      if (form.elements[name]?.dataset?.secret) continue;
      out.append(name, value);
    }
    return out.toString();
  }

  /* The same without what says which state it is about: equal where the same is typed. */
  function typedIn(fields) {
    const all = new URLSearchParams(fields);
    for (const name of [...all.keys()]) if (name.startsWith("draft_") || name === "version") all.delete(name);
    return all.toString();
  }

  const post = (fields) =>
    desk.fetch("/desk/drafts", {
      method: "POST",
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
      body: fields,
    });
  function openingAddress(form, id) {
    const address = new URL(form.elements.draft_address.value, location);
    address.searchParams.set("draft", id);
    return address;
  }

  function watch(form) {
    const subject = form.dataset.draft;
    const own = local.key(subject, form.elements.draft_writer.value);
    const status = form.querySelector(".draft-status") ?? document.createElement("span");
    const words = status.dataset;
    const othersLine = document.getElementById("draft-others");
    // What the server has, or what was there when the page was opened. A form that came back was not saved.
    let sent = words.unsaved ? null : encode(form);
    let timer = 0;
    let retry = 0;
    let sending = null; // the promise of the save that is under way
    let leaving = false;
    let unsent = null; // { words, button, away }: what was pressed without network, until it is pressed again

    const say = (text) => {
      if (status.textContent !== text) status.textContent = text;
    };
    const tellOthers = (names) => {
      if (!othersLine) return;
      const text = names.length ? othersLine.dataset.words.replace("{names}", names.join(", ")) : "";
      if (othersLine.textContent !== text) othersLine.textContent = text;
    };

    /* The words of a button by what it does, and its name as it stands on the screen. */
    function pressed(button) {
      const step = button?.value.replace(/^anyway:/, "") ?? "";
      const seen = [...form.elements].find((one) => one.type === "submit" && one.value === button?.value && !one.classList.contains("unseen"));
      const name = (seen ?? button ?? form.querySelector("button.main"))?.textContent.replace(/\s+/g, " ").trim() ?? "";
      return { words: MEANING[step] ?? "Other", button: name, away: false };
    }
    const ofPressed = (kind) => words[kind + unsent.words].replace("{button}", unsent.button);

    function sayKeptHere(kept) {
      const where = kept ? words.local.replace("{time}", clock(Date.now())) : words.full;
      if (!unsent?.away) return say(where);
      say(`${ofPressed("unsent")} ${kept ? words.press.replace("{button}", unsent.button) : where}`);
    }

    function keepHere() {
      sayKeptHere(local.write(own, { fields: encode(form, true), at: Date.now() }));
      clearTimeout(retry);
      retry = setTimeout(save, RETRY);
    }

    /* Another page wrote to the draft: ours is one more now, and the other stands ready to be opened. */
    function tellApart(id) {
      const row = addRow(form, words.apart);
      const link = document.createElement("a");
      link.className = "button quiet";
      link.href = openingAddress(form, form.elements.draft_id.value);
      link.textContent = words.other;
      row.querySelector(".actions").append(link);
      form.elements.draft_id.value = id;
    }

    async function take(answer, fields) {
      const told = await answer.json();
      sent = fields;
      local.drop(own);
      if (unsent) unsent.away = false;
      const saved = unsent ? ofPressed("again") : words.saved.replace("{time}", clock(told.saved * 1000));
      say(told.apart ? words.apart : saved);
      if (told.apart) tellApart(told.id);
      tellOthers(told.others);
    }

    /* "kept", "refused" for what no second try helps, or "away". */
    async function send() {
      const fields = encode(form);
      try {
        const answer = await post(encode(form, true));
        if (answer.ok) {
          await take(answer, fields);
          return "kept";
        }
        if (answer.status < 500 && answer.status !== 401) {
          say(words.failed);
          return "refused";
        }
      } catch {
        /* no network */
      }
      keepHere();
      return "away";
    }

    async function save() {
      clearTimeout(timer);
      clearTimeout(retry);
      const fields = encode(form);
      if (sending || leaving || (fields === sent && !unsent?.away)) return;
      sending = send();
      await sending;
      sending = null;
      if (encode(form) !== fields) timer = setTimeout(save, PAUSE);
    }

    const typed = () => {
      clearTimeout(timer);
      timer = setTimeout(save, PAUSE);
    };
    form.addEventListener("input", typed);
    form.addEventListener("change", typed);
    addEventListener("online", save);

    /* Leaving: what is not yet on the server goes to this browser at once and to the server on the way. */
    function leave() {
      const fields = encode(form);
      if (leaving || fields === sent) return;
      const whole = encode(form, true);
      local.write(own, { fields: whole, at: Date.now() });
      fetch("/desk/drafts", {
        method: "POST",
        keepalive: whole.length < 60000, // the platform's limit is 64 KiB
        headers: {
          Accept: "application/json",
          "Content-Type": "application/x-www-form-urlencoded",
          "X-CSRF-Token": document.body.dataset.csrf ?? "",
        },
        body: whole,
      }).then(
        (answer) => answer.ok && take(answer, fields),
        () => {},
      );
    }
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && leave());
    addEventListener("pagehide", leave);
    addEventListener("pageshow", () => (leaving = false));

    /* The draft first, so that no page of an error, no dead network and no colleague takes what was typed away:
       whoever saves drops it. What the server refuses as a draft stays in this browser. */
    async function isSafe() {
      await sending;
      if (encode(form) === sent) return (await desk.session()) || (await desk.again());
      clearTimeout(timer);
      sending = send();
      const end = await sending;
      sending = null;
      if (end === "refused") local.write(own, { fields: encode(form, true), at: Date.now() });
      return end !== "away";
    }

    form.addEventListener("submit", async (event) => {
      const button = event.submitter;
      if (leaving || event.defaultPrevented || button?.formMethod === "get") return;
      event.preventDefault();
      const last = pressed(button);
      unsent = null;
      say(words.wait);
      const safe = await isSafe().catch(() => false);
      if (!safe) {
        unsent = { ...last, away: true };
        return keepHere();
      }
      leaving = true;
      form.requestSubmit(button);
    });

    /* --- what other pages of this browser kept and the server has not */

    const found = (copy) => words.found.replace("{time}", dayAndClock(copy.at));

    async function open(copy) {
      try {
        const answer = await post(copy.fields);
        if (!answer.ok) return say(words.failed);
        const told = await answer.json();
        local.drop(copy.key);
        leaving = true;
        location.assign(openingAddress(form, told.id));
      } catch {
        say(words.local.replace("{time}", clock(copy.at)));
      }
    }

    /* The copy is the newer state of a draft that is offered already: one offer, which opens the copy. */
    function join(row, copy) {
      const [link, drop] = row.querySelectorAll("a.button, button");
      row.querySelector("p").textContent = found(copy);
      link.onclick = (event) => (event.preventDefault(), open(copy));
      drop.addEventListener("click", () => local.drop(copy.key));
    }

    function offerCopy(copy) {
      const row = addRow(form, found(copy));
      const actions = row.querySelector(".actions");
      const link = document.createElement("button");
      const drop = document.createElement("button");
      link.textContent = words.open;
      link.className = "main";
      drop.textContent = words.drop;
      drop.className = "quiet";
      link.type = drop.type = "button";
      actions.append(link, " ", drop);
      link.onclick = () => open(copy);
      drop.onclick = () => {
        local.drop(copy.key);
        dropRow(row);
        form.querySelector("input:not([type=hidden])")?.focus();
      };
    }

    function offer() {
      if (words.unsaved) return;
      for (const copy of local.others(subject, own)) {
        const id = new URLSearchParams(copy.fields).get("draft_id") ?? "";
        const row = [...document.querySelectorAll(".draft-one")].find((one) => id && one.dataset.id === id && !one.dataset.joined);
        if (typedIn(copy.fields) === typedIn(encode(form))) local.drop(copy.key);
        else if (row && Number(row.dataset.at) <= Math.ceil(copy.at / 1000) + 1) join(row, copy), (row.dataset.joined = "1");
        else offerCopy(copy);
      }
    }

    async function lookForOthers() {
      if (document.visibilityState !== "visible") return;
      try {
        const answer = await fetch(`/desk/drafts/others?subject=${encodeURIComponent(subject)}`, {
          headers: { Accept: "application/json" },
        });
        if (answer.ok) tellOthers((await answer.json()).others);
      } catch {
        /* the next time */
      }
    }
    setInterval(lookForOthers, WATCH);
    offer();
    if (words.unsaved) typed();
  }

  /* One more line among the offers above the form. */
  function addRow(form, text) {
    const box = document.getElementById("draft-offer");
    const row = document.createElement("div");
    const line = document.createElement("p");
    const actions = document.createElement("p");
    row.className = "draft-one";
    line.textContent = text;
    actions.className = "actions";
    row.append(line, actions);
    box.append(row);
    box.hidden = false;
    return row;
  }

  function dropRow(row) {
    const box = row.parentElement;
    row.remove();
    box.hidden = !box.querySelector(".draft-one");
  }

  for (const form of document.querySelectorAll("form[data-draft]")) watch(form);
})();

"use strict";
/* Nothing typed is lost. Every form with data-draft="SUBJECT" is kept on the server two seconds after the last
   key and when the page is left; without network in this browser, until there is one again. */
(() => {
  const PAUSE = 2000; // milliseconds after the last key
  const RETRY = 15000; // between tries without network
  const WATCH = 20000; // how often others are asked for
  const lang = document.documentElement.lang;
  const user = document.body.dataset.user ?? "";

  const clock = (ms) => new Date(ms).toLocaleTimeString(lang, { hour: "2-digit", minute: "2-digit" });
  const local = {
    key: (subject) => `stele-draft:${user}:${subject}`,
    read(subject) {
      try {
        return JSON.parse(localStorage.getItem(this.key(subject)));
      } catch {
        return null;
      }
    },
    write(subject, copy) {
      try {
        localStorage.setItem(this.key(subject), JSON.stringify(copy));
        return true;
      } catch {
        return false; // full, or not allowed
      }
    },
    drop(subject) {
      try {
        localStorage.removeItem(this.key(subject));
      } catch {
        /* nothing was kept then */
      }
    },
  };

  function encode(form) {
    const out = new URLSearchParams();
    for (const element of form.elements)
      if (element.type === "password") element.dataset.secret = "1";
    for (const [name, value] of new FormData(form)) {
      if (name === "csrf" || typeof value !== "string") continue;
      if (form.elements[name]?.dataset?.secret) continue;
      out.append(name, value);
    }
    return out.toString();
  }

  function watch(form) {
    const subject = form.dataset.draft;
    const status = form.querySelector(".draft-status") ?? document.createElement("span");
    const words = status.dataset;
    const othersLine = document.getElementById("draft-others");
    // What the server has, or what was there when the page was opened. A form that came back was not saved.
    let sent = words.unsaved ? null : encode(form);
    let timer = 0;
    let retry = 0;
    let sending = false;
    let leaving = false;

    const say = (text) => {
      if (status.textContent !== text) status.textContent = text;
    };
    const tellOthers = (names) => {
      if (!othersLine) return;
      const text = names.length ? othersLine.dataset.words.replace("{names}", names.join(", ")) : "";
      if (othersLine.textContent !== text) othersLine.textContent = text;
    };

    function keepHere(fields) {
      const kept = local.write(subject, { fields, at: Date.now() });
      say(kept ? words.local.replace("{time}", clock(Date.now())) : words.full);
      clearTimeout(retry);
      retry = setTimeout(save, RETRY);
    }

    async function take(answer, fields) {
      const told = await answer.json();
      sent = fields;
      local.drop(subject);
      say(words.saved.replace("{time}", clock(told.saved * 1000)));
      tellOthers(told.others);
    }

    async function save() {
      clearTimeout(timer);
      clearTimeout(retry);
      const fields = encode(form);
      if (sending || leaving || fields === sent) return;
      sending = true;
      try {
        const answer = await desk.fetch("/desk/drafts", {
          method: "POST",
          headers: { "Content-Type": "application/x-www-form-urlencoded" },
          body: fields,
        });
        if (answer.ok) await take(answer, fields);
        else if (answer.status < 500 && answer.status !== 401) say(words.failed);
        else keepHere(fields);
      } catch {
        keepHere(fields);
      } finally {
        sending = false;
      }
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
      local.write(subject, { fields, at: Date.now() });
      fetch("/desk/drafts", {
        method: "POST",
        keepalive: fields.length < 60000, // the platform's limit is 64 KiB
        headers: {
          Accept: "application/json",
          "Content-Type": "application/x-www-form-urlencoded",
          "X-CSRF-Token": document.body.dataset.csrf ?? "",
        },
        body: fields,
      }).then(
        (answer) => answer.ok && (local.drop(subject), (sent = fields)),
        () => {},
      );
    }
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && leave());
    addEventListener("pagehide", leave);
    addEventListener("pageshow", () => (leaving = false));

    /* Saving: only when the server is there and knows who we are, so that no error page takes the form away. */
    form.addEventListener("submit", async (event) => {
      const button = event.submitter;
      if (leaving || event.defaultPrevented || button?.formMethod === "get") return;
      event.preventDefault();
      const fields = encode(form);
      local.write(subject, { fields, at: Date.now(), submitted: true });
      say(words.wait);
      try {
        if (!(await desk.session()) && !(await desk.again())) return keepHere(fields);
      } catch {
        return keepHere(fields);
      }
      leaving = true;
      form.requestSubmit(button);
    });

    /* A copy that never reached the server, or was on its way when the network went. */
    function offer() {
      const copy = local.read(subject);
      if (!copy) return;
      if (words.unsaved || copy.fields === sent) return local.drop(subject);
      const box = document.createElement("div");
      const text = document.createElement("p");
      const line = document.createElement("p");
      const open = document.createElement("button");
      const drop = document.createElement("button");
      box.className = "draft-offer";
      line.className = "actions";
      text.textContent = words.found.replace("{time}", new Date(copy.at).toLocaleString(lang, { dateStyle: "medium", timeStyle: "short" }));
      open.textContent = words.open;
      open.className = "main";
      drop.textContent = words.drop;
      drop.className = "quiet";
      open.type = drop.type = "button";
      line.append(open, " ", drop);
      box.append(text, line);
      form.before(box);
      drop.onclick = () => (local.drop(subject), box.remove(), form.querySelector("input:not([type=hidden])")?.focus());
      open.onclick = async () => {
        try {
          const answer = await desk.fetch("/desk/drafts", {
            method: "POST",
            headers: { "Content-Type": "application/x-www-form-urlencoded" },
            body: copy.fields,
          });
          if (!answer.ok) return say(words.failed);
          local.drop(subject);
          leaving = true;
          const address = new URL(form.elements.draft_address.value, location);
          address.searchParams.set("draft", "open");
          location.assign(address);
        } catch {
          say(words.local.replace("{time}", clock(copy.at)));
        }
      };
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

  /* Forms were saved: this page came after one. */
  if (document.querySelector(".flash:not(.warning)"))
    for (const key of Object.keys(localStorage))
      if (key.startsWith(`stele-draft:${user}:`) && localStorage.getItem(key).includes('"submitted":true')) localStorage.removeItem(key);

  for (const form of document.querySelectorAll("form[data-draft]")) watch(form);
})();

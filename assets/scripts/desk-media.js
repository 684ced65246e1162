"use strict";
/* The page of a site's pictures, sounds and films: files are sent in pieces, one after the other, and go on where
   they stopped after a lost network, a closed lid or another day. And the order, moved in place. */
(() => {
  const area = document.getElementById("media");
  const user = document.body.dataset.user ?? "";

  /* ---- the list, as the server has it now */

  const marker = (element) => (element?.closest("#media") ? element.value || element.getAttribute("href") || element.id : "");

  function focusAgain(mark) {
    if (!mark) return;
    const [, sha256] = /([0-9a-f]{64})/.exec(mark) ?? [];
    const same = [...area.querySelectorAll("button, a")].filter((e) => marker(e) === mark);
    const near = sha256 ? [...area.querySelectorAll(`[data-sha256="${sha256}"] button`)] : [];
    [...same, ...near].find((e) => !e.disabled)?.focus();
  }

  let pause = 0; // set while an order waits to be told

  async function refresh() {
    try {
      const answer = await desk.fetch(location.pathname, { headers: { Accept: "text/html" } });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("media");
      if (!fresh) return;
      const mark = marker(document.activeElement);
      if (pause) return; // moved again meanwhile: that is told next, and looked at then
      area.replaceChildren(...fresh.childNodes);
      focusAgain(mark);
    } catch {
      /* the next time */
    }
  }

  /* ---- order */

  const order = () => new URLSearchParams([...area.querySelectorAll("[data-sha256]")].map((row) => ["order", row.dataset.sha256]));

  async function keepOrder() {
    clearTimeout(pause);
    pause = 0;
    try {
      const answer = await desk.fetch(area.dataset.order, { method: "POST", body: order() });
      if (!answer.ok) return location.reload();
      await refresh();
      const status = document.getElementById("media-status");
      status.textContent = status.dataset.moved;
    } catch {
      pause = setTimeout(keepOrder, 5000);
    }
  }

  function moved() {
    clearTimeout(pause);
    pause = setTimeout(keepOrder, 700);
  }

  addEventListener("pagehide", () => {
    if (!pause) return;
    const headers = { Accept: "application/json", "X-CSRF-Token": document.body.dataset.csrf ?? "" };
    fetch(area.dataset.order, { method: "POST", keepalive: true, headers, body: order() });
  });

  area.addEventListener(
    "submit",
    (event) => {
      const [what, sha256] = (event.submitter?.value ?? "").split(":");
      const row = sha256 && area.querySelector(`[data-sha256="${sha256}"]`);
      if (!row || !event.target.classList.contains("order")) return;
      event.preventDefault();
      event.stopPropagation(); // the desk's own script would send it
      if (what === "up") row.previousElementSibling?.before(row);
      else if (what === "down") row.nextElementSibling?.after(row);
      else row.parentElement.prepend(row);
      event.submitter.focus();
      moved();
    },
    true,
  );

  let dragged = null;
  area.addEventListener("pointerdown", (event) => {
    const row = event.pointerType === "mouse" && event.target.closest("[data-sha256]");
    for (const other of area.querySelectorAll("[draggable]")) other.removeAttribute("draggable");
    if (row && area.querySelector(".order") && !event.target.closest("button, audio, video, input")) row.draggable = true;
  });
  area.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("[data-sha256]") ?? null;
    if (dragged) event.dataTransfer.setData("text/plain", "");
  });
  area.addEventListener("dragover", (event) => {
    const over = event.target.closest("[data-sha256]");
    if (!dragged || !over || over.parentElement !== dragged.parentElement) return;
    event.preventDefault();
    const box = over.getBoundingClientRect();
    if (over !== dragged) over[event.clientY < box.top + box.height / 2 ? "before" : "after"](dragged);
  });
  area.addEventListener("drop", (event) => dragged && event.preventDefault());
  area.addEventListener("dragend", () => {
    if (dragged) moved();
    dragged = null;
  });

  /* ---- sending */

  const form = document.getElementById("send");
  if (!form) return;
  const PIECE_LEAST = 64 << 10; // bytes; grows while the network is quick, up to what the server takes
  const PIECE_FIRST = 256 << 10;
  const QUICK = 1500; // milliseconds for a piece
  const GIVE_UP = 60000; // a piece that takes longer is sent again, smaller
  const WAIT_LEAST = 1000;
  const WAIT_MOST = 30000;
  const ASK = 700; // between questions while the server prepares a file
  const MB = 1000000;
  const coming = document.getElementById("coming");
  const list = coming.querySelector(".files");
  const words = coming.dataset;
  const address = `${location.pathname}/uploads`;
  const input = document.getElementById("files");
  const queue = [];
  let busy = false;
  let piece = PIECE_FIRST;

  const say = (text) => (document.getElementById("coming-status").textContent = text);
  const sleep = (ms) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      addEventListener("online", () => (clearTimeout(timer), resolve()), { once: true });
    });

  /* What was begun, by what the file is called, its size and its time: only this browser knows it. */
  const memory = {
    key: (file) => `stele-upload:${user}:${location.pathname}:${file.name}:${file.size}:${file.lastModified}`,
    read(file) {
      try {
        return localStorage.getItem(this.key(file));
      } catch {
        return null;
      }
    },
    write(file, upload) {
      try {
        if (upload) localStorage.setItem(this.key(file), upload);
        else localStorage.removeItem(this.key(file));
      } catch {
        /* then it cannot be resumed another day */
      }
    },
  };

  /* The server will not have it; `code` says why, where the server told. */
  class Refused extends Error {
    constructor(message, code) {
      super(message);
      this.code = code;
    }
    get lasting() {
      return ["invalid", "unsupported", "too-large", "denied"].includes(this.code);
    }
  }

  /* An answer that tells what to do next; network trouble and a tired server throw an ordinary error. */
  async function ask(target, options = {}) {
    const answer = await desk.fetch(target, { cache: "no-store", signal: AbortSignal.timeout(GIVE_UP), ...options });
    if (answer.status === 401) throw new Refused(words.session);
    const told = await answer.json().catch(() => ({}));
    if (answer.ok || answer.status === 409) return told;
    if (answer.status >= 500 && told.code !== "full") throw new Error(String(answer.status));
    throw new Refused(told.message ?? words.trouble, told.code);
  }

  class Row {
    constructor(file) {
      this.file = file;
      this.element = document.getElementById("file").content.firstElementChild.cloneNode(true);
      this.bar = this.element.querySelector("progress");
      this.state = this.element.querySelector(".file-state");
      this.stop = this.element.querySelector(".file-stop");
      this.stopWords = this.element.querySelector(".file-stop-words");
      this.again = this.element.querySelector(".file-again");
      this.element.querySelector(".file-name").textContent = file.name;
      this.bar.setAttribute("aria-label", file.name);
      this.stop.append(Object.assign(document.createElement("span"), { className: "unseen", textContent: ` ${file.name}` }));
      this.stop.onclick = () => this.cancel();
      this.again.onclick = () => this.restart();
      this.tell(words.queued);
      list.append(this.element);
    }
    tell(text, received) {
      if (this.state.textContent !== text) this.state.textContent = text;
      if (received !== undefined) this.bar.value = (100 * received) / this.file.size;
    }
    percent(received) {
      return String(Math.floor((100 * received) / this.file.size));
    }
    async cancel() {
      this.cancelled = true;
      this.element.remove();
      coming.hidden = !list.children.length;
      memory.write(this.file, null);
      if (!coming.hidden) list.querySelector("button")?.focus();
      else input.focus();
      if (this.upload) await desk.fetch(`${address}/${this.upload}/drop`, { method: "POST" }).catch(() => {});
    }
    /* `lasting`: the same file would fail again. */
    fail(text, lasting) {
      this.element.classList.add("failed");
      this.bar.hidden = true;
      this.again.hidden = lasting;
      this.stop.hidden = false;
      this.stopWords.textContent = words.dismiss;
      this.tell(text);
      say(`${this.file.name}: ${text}`);
    }
    restart() {
      this.element.classList.remove("failed");
      this.bar.hidden = false;
      this.again.hidden = true;
      this.stopWords.textContent = words.cancel;
      this.tell(words.queued);
      queue.push(this);
      work();
    }
  }

  const wrong = (file) =>
    file.size === 0 ? words.empty
    : file.size > 200 * MB ? words.heavy
    : file.size > 30 * MB && file.type.startsWith("image/") ? words.photo
    : "";

  async function begin(row) {
    const known = row.upload ?? memory.read(row.file);
    if (row.kept) return (row.kept = false), ask(`${address}/${known}/again`, { method: "POST" });
    if (known) {
      try {
        const told = await ask(`${address}/${known}`);
        if (told.state !== "failed" && !(told.state === "done" && !row.upload)) {
          row.upload = known;
          list.querySelector(`[data-upload="${known}"]`)?.remove();
          if (told.state === "coming" && told.received) row.tell(words.resumed.replace("{percent}", row.percent(told.received)), told.received);
          return told;
        }
      } catch (error) {
        if (!(error instanceof Refused) || error.code !== "not-found") throw error;
      }
    }
    const told = await ask(address, { method: "POST", body: new URLSearchParams({ name: row.file.name, bytes: row.file.size }) });
    row.upload = told.upload;
    memory.write(row.file, told.upload);
    return told;
  }

  async function sendPiece(row, from, most) {
    const began = performance.now();
    piece = Math.min(piece, most);
    const end = Math.min(row.file.size, from + piece);
    let body;
    try {
      body = await row.file.slice(from, end).arrayBuffer();
    } catch {
      throw new Refused(words.changed); // moved or edited since it was chosen
    }
    const told = await ask(`${address}/${row.upload}?offset=${from}`, { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body });
    if (performance.now() - began < QUICK) piece *= 2;
    return told;
  }

  /* Until it belongs to the site. Network trouble costs a piece and a wait that grows. */
  async function send(row) {
    let wait = WAIT_LEAST;
    let told = null;
    while (!row.cancelled) {
      try {
        told ??= await begin(row);
        if (told.state === "failed") {
          row.kept = told.is_kept;
          throw new Refused(told.message, told.code);
        }
        if (told.state === "done") return told;
        if (told.state === "waiting" || told.state === "making") {
          row.tell(words[told.state], row.file.size);
          row.stop.hidden = true; // it is there
          await sleep(ASK);
          told = await ask(`${address}/${row.upload}`);
          continue;
        }
        row.tell(words.sending.replace("{percent}", row.percent(told.received)), told.received);
        const next = await sendPiece(row, told.received, told.piece ?? PIECE_FIRST);
        told = { piece: told.piece, state: "coming", ...next };
        wait = WAIT_LEAST;
      } catch (error) {
        if (error instanceof Refused) throw error;
        told = null;
        piece = Math.max(PIECE_LEAST, piece / 2);
        row.tell(words.stopped);
        await sleep(wait);
        wait = Math.min(WAIT_MOST, wait * 2);
      }
    }
    return null;
  }

  async function finish(row, told) {
    memory.write(row.file, null);
    if (!told) return;
    if (told.was_there) row.fail(words.there, true);
    else {
      say(`${row.file.name}: ${words.done}`);
      row.element.remove();
    }
    coming.hidden = !list.children.length;
    await refresh();
  }

  async function work() {
    if (busy) return;
    busy = true;
    for (let row = queue.shift(); row; row = queue.shift()) {
      if (row.cancelled) continue;
      try {
        await finish(row, await send(row));
      } catch (error) {
        if (error.code === "not-found" || error.lasting) memory.write(row.file, null);
        if (error.code === "not-found" || error.lasting) row.upload = undefined;
        row.fail(error instanceof Refused ? error.message : words.trouble, error.lasting === true);
      }
    }
    busy = false;
  }

  function take(files) {
    for (const file of files) {
      const row = new Row(file);
      const text = wrong(file);
      if (text) row.fail(text, true);
      else queue.push(row);
    }
    coming.hidden = !list.children.length;
    work();
  }

  form.addEventListener("submit", (event) => (event.preventDefault(), take(input.files), (input.value = "")));
  input.addEventListener("change", () => (take([...input.files]), (input.value = "")));

  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    form.classList.add("over");
  });
  addEventListener("dragleave", (event) => !event.relatedTarget && form.classList.remove("over"));
  addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    form.classList.remove("over");
    take([...event.dataTransfer.files]);
  });
  addEventListener("beforeunload", (event) => busy && event.preventDefault());

  /* What the server was preparing when the page was opened. */
  async function follow(element) {
    for (;;) {
      await sleep(2 * ASK);
      try {
        const told = await ask(`${address}/${element.dataset.upload}`);
        if (told.state === "failed") return location.reload();
        if (told.state === "done") break;
      } catch (error) {
        if (error instanceof Refused) break;
      }
    }
    element.remove();
    coming.hidden = !list.children.length;
    await refresh();
  }
  for (const element of list.querySelectorAll('[data-state="making"]')) follow(element);
})();

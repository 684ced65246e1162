"use strict";
/* Files are sent to the desk in pieces, one after the other, and go on where they stopped after a lost network, a closed
   lid, a new start of the server or another day. While the server prepares one, the next is on its way. The page has
   the list of templates/desk/coming.mustache.

   desk.sender({ words, wrong, fields, done, home }) gives { take(files) }.
   words   what the page says beside the list's own words: `there`
   wrong   file -> what is wrong with it before it is sent, or ""
   fields  file -> what else is said when a file is begun: pairs of name and value
   done    called when a file has arrived, with the server's answer
   home    what has the focus once a file is no longer in the list */
desk.sender = ({ words: own = {}, wrong = () => "", fields = () => [], done = () => {}, home = null }) => {
  const PIECE_LEAST = 64 << 10; // bytes; grows while the network is quick, up to what the server takes
  const PIECE_FIRST = 256 << 10;
  const QUICK = 1500; // milliseconds for a piece
  const GIVE_UP = 60000; // a piece that takes longer is sent again, smaller
  const WAIT_LEAST = 1000;
  const WAIT_MOST = 30000;
  const ASK = 700; // between questions while the server prepares a file
  const coming = document.getElementById("coming");
  const list = coming.querySelector(".files");
  const words = { ...coming.dataset, ...own };
  const address = coming.dataset.uploads;
  const user = document.body.dataset.user ?? "";
  const queue = []; // rows to be sent
  const arrived = []; // rows that the server prepares, in its order
  let sending = false;
  let watching = false;
  let leaving = false;
  let piece = PIECE_FIRST;
  const sender = { home, take };

  const say = (text) => (document.getElementById("coming-status").textContent = text);
  const sleep = (ms) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      addEventListener("online", () => (clearTimeout(timer), resolve()), { once: true });
    });

  /* What was begun, by what the file is called, its size and its time, and what was said of it: only this browser
     knows it. */
  const memory = {
    key: (row) => ["stele-upload", user, address, row.file.name, row.file.size, row.file.lastModified, ...row.fields.map(String)].join(":"),
    read(row) {
      try {
        return localStorage.getItem(this.key(row));
      } catch {
        return null;
      }
    },
    write(row, upload) {
      try {
        if (upload) localStorage.setItem(this.key(row), upload);
        else localStorage.removeItem(this.key(row));
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
    const isTold = told.code === "full" || told.field === "count"; // waiting alone does not help
    if (answer.status >= 500 && !isTold) throw new Error(String(answer.status));
    throw new Refused(told.message ?? words.trouble, told.code);
  }

  class Row {
    constructor(file) {
      this.file = file;
      this.fields = fields(file);
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
    /* All of it is there: nothing is left to be cancelled. */
    arrive(state) {
      this.tell(words[state], this.file.size);
      this.stop.hidden = true;
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
      this.abort?.abort();
      this.element.remove();
      coming.hidden = !list.children.length;
      memory.write(this, null);
      if (!coming.hidden) list.querySelector("button")?.focus();
      else sender.home?.focus();
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

  async function begin(row) {
    const known = row.upload ?? memory.read(row);
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
    const body = new URLSearchParams([["name", row.file.name], ["bytes", row.file.size], ...row.fields]);
    const told = await ask(address, { method: "POST", body });
    row.upload = told.upload;
    memory.write(row, told.upload);
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
    const abort = (row.abort = new AbortController());
    const timer = setTimeout(() => abort.abort(), GIVE_UP);
    const headers = { "Content-Type": "application/octet-stream" };
    const told = await ask(`${address}/${row.upload}?offset=${from}`, { method: "POST", signal: abort.signal, headers, body }).finally(() => clearTimeout(timer));
    if (performance.now() - began < QUICK) piece *= 2;
    return told;
  }

  async function step(row, told) {
    if (told.state !== "coming") {
      row.arrive(told.state);
      await sleep(ASK);
      return ask(`${address}/${row.upload}`);
    }
    row.tell(words.sending.replace("{percent}", row.percent(told.received)), told.received);
    const next = await sendPiece(row, told.received, told.piece ?? PIECE_FIRST);
    return { piece: told.piece, state: "coming", ...next };
  }

  /* Goes on from what the server told last, if anything, until `isOver` of what it tells. Network trouble costs a piece
     and a wait that grows. Null when the row was cancelled. */
  async function advance(row, told, isOver) {
    let wait = WAIT_LEAST;
    while (!row.cancelled) {
      try {
        told ??= await begin(row);
        if (told.state === "failed") {
          row.kept = told.is_kept;
          throw new Refused(told.message, told.code);
        }
        if (isOver(told)) return told;
        told = await step(row, told);
        wait = WAIT_LEAST;
      } catch (error) {
        if (error instanceof Refused) throw error;
        if (row.cancelled) return null;
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
    memory.write(row, null);
    if (!told) return;
    if (told.was_there) row.fail(words.there, true);
    else {
      say(`${row.file.name}: ${words.done}`);
      row.element.remove();
    }
    coming.hidden = !list.children.length;
    await done(told);
  }

  function failed(row, error) {
    const lasting = error.lasting === true && !row.kept;
    if (error.code === "not-found" || lasting) memory.write(row, null);
    if (error.code === "not-found" || lasting) row.upload = undefined;
    row.fail(error instanceof Refused ? error.message : words.trouble, lasting);
  }

  async function watch() {
    if (watching) return;
    watching = true;
    for (let next = arrived.shift(); next; next = arrived.shift()) {
      const { row, told } = next;
      try {
        const last = await advance(row, told, ({ state }) => state === "done");
        leaving = !sending && arrived.length === 0; // all has arrived: `done` may leave the page
        await finish(row, last);
      } catch (error) {
        failed(row, error);
      }
    }
    watching = false;
  }

  async function work() {
    if (sending) return;
    sending = true;
    leaving = false;
    for (let row = queue.shift(); row; row = queue.shift()) {
      if (row.cancelled) continue;
      try {
        const told = await advance(row, null, ({ state }) => state !== "coming");
        if (!told) {
          await finish(row, null);
          continue;
        }
        if (told.state !== "done") row.arrive(told.state);
        arrived.push({ row, told });
        watch();
      } catch (error) {
        failed(row, error);
      }
    }
    sending = false;
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

  addEventListener("beforeunload", (event) => (sending || watching) && !leaving && event.preventDefault());

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
    await done({});
  }
  for (const element of list.querySelectorAll('[data-state="making"]')) follow(element);
  return sender;
};

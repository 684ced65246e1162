"use strict";
/* The page of a site's pictures, sounds and films: sending them (desk-send.js), and the order, moved in place. */
(() => {
  const area = document.getElementById("media");

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
      if (!fresh || page.body.dataset.account !== document.body.dataset.account) return; // with another's token
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
  const MB = 1000000;
  const words = form?.dataset ?? {};
  const sender = desk.sender({
    words,
    wrong: (file) =>
      file.size === 0 ? words.empty
      : file.size > 200 * MB ? words.heavy
      : file.size > 30 * MB && file.type.startsWith("image/") ? words.photo
      : "",
    done: refresh,
  });
  if (!form) return;
  const input = document.getElementById("files");
  sender.home = input;

  form.addEventListener("submit", (event) => (event.preventDefault(), sender.take(input.files), (input.value = "")));
  input.addEventListener("change", () => (sender.take([...input.files]), (input.value = "")));

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
    sender.take([...event.dataTransfer.files]);
  });
})();

"use strict";
/* Batches: the drawing follows what is chosen, and a making tells how far it is. Everything works without. */
(() => {
  const form = document.getElementById("choice");
  const making = document.getElementById("making");

  function watchForm() {
    const figure = document.getElementById("preview");
    const problem = figure.querySelector(".problem");
    let image = figure.querySelector("img");
    let shown = image?.getAttribute("src");
    let timer;
    const reads = document.getElementById("reads");

    figure.querySelector("button").hidden = true;
    function address() {
      const code = form.querySelector("input[name=plate]:checked")?.value ?? form.dataset.code;
      if (!code) return null;
      const query = new URLSearchParams({ code });
      const data = new FormData(form);
      for (const name of ["design", "measure", "amount"]) query.set(name, data.get(name) ?? "");
      return `${form.dataset.preview}?${query}`;
    }
    function draw() {
      const next = address();
      const data = new FormData(form);
      if (!next || next === shown || (data.get("measure") !== "design" && !data.get("amount"))) return;
      shown = next;
      if (!image) figure.prepend((image = document.createElement("img")));
      image.classList.add("waiting");
      const fresh = new Image();
      fresh.alt = image.alt;
      fresh.onload = () => {
        if (next !== shown) return;
        problem.hidden = true;
        image.replaceWith(fresh);
        image = fresh;
        tellReach(next);
      };
      fresh.onerror = () => {
        if (next !== shown) return;
        problem.hidden = false;
        reads.textContent = "";
      };
      fresh.src = next;
    }
    // From how far it reads, once it could be drawn.
    async function tellReach(next) {
      try {
        const answer = await fetch(`${form.dataset.reads}?${next.split("?")[1]}`, { headers: { Accept: "application/json" } });
        const words = answer.ok ? (await answer.json()).words : "";
        if (next === shown) reads.textContent = words;
      } catch {
        if (next === shown) reads.textContent = "";
      }
    }
    // A field that what was chosen does not ask for is out of the way.
    function tidy() {
      const data = new FormData(form);
      form.elements.amount.closest(".field").hidden = data.get("measure") === "design";
      form.elements.sheet_width.closest(".sides").hidden = data.get("paper") !== "own";
      form.elements.dpi.closest(".field").hidden = !data.getAll("formats").includes("png");
    }
    tidy();
    form.addEventListener("input", () => {
      tidy();
      clearTimeout(timer);
      timer = setTimeout(draw, 350);
    });
    image?.addEventListener("error", () => (problem.hidden = false));
    if (image?.complete && !image.naturalWidth) problem.hidden = false;
  }

  function watchMaking() {
    const words = document.getElementById("making-words");
    const bar = making.querySelector("progress");
    making.querySelector("a.button")?.closest("p").remove();
    async function look() {
      try {
        const answer = await fetch(making.dataset.progress, { headers: { Accept: "application/json" }, cache: "no-store" });
        if (answer.status === 401) return location.reload();
        const now = await answer.json();
        if (!["waiting", "running"].includes(now.state)) return location.reload();
        if (words.textContent !== now.words) words.textContent = now.words;
        bar.max = now.total;
        bar.value = now.done;
      } catch {
        // No network for a moment: the next look may have one.
      }
      setTimeout(look, 1000);
    }
    setTimeout(look, 500);
  }

  if (form) watchForm();
  if (making) watchMaking();
})();

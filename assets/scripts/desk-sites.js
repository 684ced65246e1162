"use strict";
/* The form of a site: the preview beside the form, the device's position. */
(() => {
  const form = document.getElementById("site");
  if (!form) return;

  /* ---- the preview */

  const panel = document.getElementById("preview");
  const frame = panel.querySelector("iframe");
  const status = panel.querySelector(".preview-status");
  const choice = document.getElementById("preview-lang");
  const open = document.getElementById("preview-open");
  let timer = 0;
  let shown = "";
  let asking = null;

  async function render() {
    if (panel.hidden) return;
    const fields = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") fields.append(name, value);
    fields.set("preview", choice.value);
    const body = fields.toString();
    if (body === shown) return;
    asking?.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(form.dataset.preview, {
        method: "POST",
        headers: { "Content-Type": "application/x-www-form-urlencoded", "X-CSRF-Token": document.body.dataset.csrf },
        body,
        signal: asking.signal,
      });
      if (!answer.ok) throw new Error(answer.status);
      const page = (await answer.text()).replace(/<script\b[^>]*><\/script>/g, ""); // the frame runs none
      const top = frame.contentWindow?.scrollY ?? 0;
      frame.addEventListener(
        "load",
        () => {
          frame.contentWindow.scrollTo(0, top);
          frame.contentDocument.addEventListener("click", (event) => event.target.closest("a") && event.preventDefault());
          frame.contentDocument.addEventListener("submit", (event) => event.preventDefault());
        },
        { once: true },
      );
      frame.srcdoc = page;
      shown = body;
      status.textContent = "";
    } catch (error) {
      if (error.name !== "AbortError") status.textContent = status.dataset.failed;
    }
  }

  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(render, 600);
  };

  function show(visible) {
    panel.hidden = !visible;
    document.body.classList.toggle("previewing", visible);
    if (visible) render();
    (visible ? document.getElementById("preview-close") : open).focus();
  }

  open.addEventListener("click", (event) => {
    event.preventDefault();
    const text = document.activeElement?.closest?.(".text");
    if (text) choice.value = text.dataset.lang;
    show(panel.hidden);
  });
  document.getElementById("preview-close").addEventListener("click", () => show(false));
  panel.addEventListener("keydown", (event) => event.key === "Escape" && show(false));
  choice.addEventListener("change", render);
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("focusin", (event) => {
    const text = event.target.closest(".text");
    if (!text || panel.hidden || choice.value === text.dataset.lang) return;
    choice.value = text.dataset.lang;
    later();
  });

  /* ---- where we are */

  const locate = document.getElementById("locate");
  if (locate && navigator.geolocation && window.isSecureContext) {
    const button = locate.querySelector("button");
    const said = locate.querySelector("span");
    locate.hidden = false;
    button.addEventListener("click", () => {
      said.textContent = button.dataset.wait;
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => {
          form.elements.position.value = `${coords.latitude.toFixed(6)}, ${coords.longitude.toFixed(6)}`;
          form.elements["position.accuracy_m"].value = Math.ceil(coords.accuracy);
          said.textContent = "";
          form.dispatchEvent(new Event("input", { bubbles: true }));
        },
        () => (said.textContent = button.dataset.failed),
        { enableHighAccuracy: true, timeout: 20000, maximumAge: 30000 },
      );
    });
  }

  /* ---- a link to a field inside a folded part opens the part */

  function unfold() {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let at = target.closest("details"); at; at = at.parentElement.closest("details")) at.open = true;
    target.focus();
  }
  addEventListener("hashchange", unfold);
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#field-"]');
    if (link && link.hash === location.hash) unfold();
  });
  unfold();
})();

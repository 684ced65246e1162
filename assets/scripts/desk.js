"use strict";
/* The desk's script. Everything works without it; with it, a form whose session has ended asks for the password in
   place (desk-again.js) and is then sent. A form that sends itself in its own way has data-own. */
(() => {
  const guarded = (form) =>
    document.body.dataset.user && form.method === "post" && form.elements.csrf && !("own" in form.dataset) && !form.closest("dialog");

  function sendNow(form, button) {
    const pressed = button?.name ? document.createElement("input") : null;
    if (pressed) form.append(Object.assign(pressed, { type: "hidden", name: button.name, value: button.value }));
    const address = form.getAttribute("action");
    if (button?.hasAttribute("formaction")) form.setAttribute("action", button.getAttribute("formaction"));
    HTMLFormElement.prototype.submit.call(form);
    form.setAttribute("action", address ?? "");
    pressed?.remove();
  }

  /* Pressed twice, a form is sent once: a site would be made twice. Not for ever, as somebody may stop the sending. */
  const SENDING = 10000; // milliseconds
  let sending = new WeakSet();
  addEventListener("pageshow", () => (sending = new WeakSet()));

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (event.defaultPrevented || !guarded(form)) return;
    event.preventDefault();
    if (sending.has(form)) return;
    sending.add(form);
    let good = true;
    try {
      good = (await desk.session()) || (await desk.again());
    } catch {
      // No network: the browser says so itself.
    }
    if (good) sendNow(form, event.submitter);
    setTimeout(() => sending.delete(form), good ? SENDING : 0); // put off: what was typed stays where it is
  });

  document.getElementById("problems")?.focus();

  for (const field of document.querySelectorAll("input[data-copy]")) {
    field.addEventListener("focus", () => field.select());
    if (!navigator.clipboard) continue;
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: field.dataset.copy });
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(field.value);
      button.textContent = field.dataset.copied;
    });
    field.after(button);
  }
})();

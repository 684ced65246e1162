"use strict";
/* While an import has the store nobody can be signed in: the page keeps name and password, says so, and sends the form
   by itself once the store is free. Without this script the server answers with the form and says the same. */
(() => {
  const PAUSE = 4000; // milliseconds between questions
  const GIVE_UP = 8000; // for an answer: then the form goes as it would without a script
  const form = document.querySelector("form[data-waits]");
  const status = form.querySelector("[role=status]");
  let waiting = false;

  async function isReady() {
    try {
      const answer = await fetch("/desk/sign-in/ready", {
        headers: { Accept: "application/json" },
        cache: "no-store",
        signal: AbortSignal.timeout(GIVE_UP),
      });
      return (await answer.json()).ready !== false;
    } catch {
      return true; // the browser says what is wrong, or the server does
    }
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (waiting) return;
    waiting = true;
    while (!(await isReady())) {
      status.textContent = form.dataset.waits;
      status.hidden = false;
      await new Promise((after) => setTimeout(after, PAUSE));
    }
    waiting = false;
    HTMLFormElement.prototype.submit.call(form);
  });
})();

"use strict";
/* A session that ended, or that is another account's by now: the password is asked for in place, and the work goes on.
   desk.fetch is fetch with the token of forms, which asks when the server does not know the page any more, and then
   sends once more.

   A page acts as the account that it was opened by, or not at all. A browser has one session: whoever signs in ends the
   one before, and tokens fit their own session alone, so that nothing of an open page is taken for another account's as
   long as no page takes over a token of another account. Signing in again here ends the other account's session in its
   turn, and its pages ask likewise; on a computer that two share, each page keeps what was typed into it. */
(() => {
  const BUSY_PAUSE = 4000; // milliseconds between tries while an import has the store
  const body = document.body;
  const dialog = document.getElementById("again");
  let asking = null;
  let other = ""; // the account that this browser is signed in as, where it is not the page's
  let turn = 0; // of tries in the dialog: the last one counts

  function useToken(csrf) {
    body.dataset.csrf = csrf;
    for (const input of document.querySelectorAll('input[name="csrf"]')) input.value = csrf;
  }

  /* { csrf, good }: the token that forms need now, and whether it is the page's account that is signed in. */
  async function readSession() {
    const answer = await fetch("/desk/session", { headers: { Accept: "application/json" }, cache: "no-store" });
    if (!answer.ok) throw new Error("no answer");
    const session = await answer.json();
    const good = session.signed_in && String(session.account) === body.dataset.account;
    other = session.signed_in && !good ? session.name : "";
    return { csrf: session.csrf, good };
  }

  async function signIn(fields) {
    const { csrf, good } = await readSession();
    if (good) return { good, csrf };
    const answer = await fetch("/desk/sign-in/again", {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRF-Token": csrf },
      body: new URLSearchParams(fields),
    });
    const told = await answer.json();
    return { good: answer.ok, csrf: told.csrf, message: told.message, needCode: told.need_code, busy: told.busy };
  }

  /* Asks until the password is right (true) or the person puts it off (false). */
  function ask() {
    return new Promise((resolve) => {
      const form = dialog.querySelector("form");
      const problem = dialog.querySelector("[role=alert]");
      const why = dialog.querySelector(".again-why");
      const { name, password, code } = form.elements;
      const say = (text) => {
        problem.textContent = text ?? "";
        problem.hidden = !text;
      };
      const finish = (good) => {
        turn += 1;
        form.onsubmit = null;
        password.value = code.value = "";
        if (dialog.open) dialog.close();
        resolve(good);
      };
      /* What the server said; while it is busy it is asked again. Null: meanwhile the person did something else. */
      const tryNow = async () => {
        const mine = (turn += 1);
        for (;;) {
          const told = await signIn({ name: name.value, password: password.value, code: code.value });
          if (mine !== turn) return null;
          if (!told.busy) return told;
          say(told.message);
          await new Promise((after) => setTimeout(after, BUSY_PAUSE));
          if (mine !== turn) return null;
        }
      };
      form.onsubmit = async (event) => {
        event.preventDefault();
        try {
          const told = await tryNow();
          if (!told) return;
          if (told.good) {
            useToken(told.csrf);
            return finish(true);
          }
          if (told.needCode) code.closest(".field").hidden = false;
          say(told.message);
          (told.needCode ? code : password).focus();
        } catch {
          say(dialog.dataset.offline);
        }
      };
      dialog.querySelector('[value="cancel"]').onclick = () => finish(false);
      dialog.oncancel = () => finish(false);
      why.textContent = other ? dialog.dataset.other.replaceAll("{other}", other) : dialog.dataset.ended;
      say("");
      dialog.showModal();
      password.focus();
    });
  }

  const desk = (globalThis.desk ??= {});
  desk.again ??= () => {
    if (!dialog) return Promise.resolve(false);
    asking ??= ask().finally(() => (asking = null));
    return asking;
  };
  /* Whether the page's own account is signed in; the page has its token then. */
  desk.session ??= async () => {
    const { csrf, good } = await readSession();
    if (good) useToken(csrf);
    return good;
  };
  /* The server does not know the page: nobody is signed in, or the page's token is not this session's. */
  async function isStrange(answer) {
    if (answer.status !== 403) return answer.status === 401;
    const told = await answer.clone().json().catch(() => ({}));
    return told.field === "csrf";
  }
  desk.fetch ??= async (address, options = {}) => {
    const send = () =>
      fetch(address, {
        ...options,
        headers: { Accept: "application/json", "X-CSRF-Token": body.dataset.csrf ?? "", ...options.headers },
      });
    const answer = await send();
    if (!(await isStrange(answer))) return answer;
    const good = (await desk.session()) || (await desk.again());
    return good ? send() : new Response("{}", { status: 401 }); // put off: one thing for the caller, whatever it was
  };
})();

"use strict";
/* A session that ended: the password is asked for in place, and the work goes on. desk.fetch is fetch with the
   token of forms, which asks when the server answers 401 and then sends once more. */
(() => {
  const body = document.body;
  const dialog = document.getElementById("again");
  let asking = null;

  function useToken(csrf) {
    body.dataset.csrf = csrf;
    for (const input of document.querySelectorAll('input[name="csrf"]')) input.value = csrf;
  }

  async function readSession() {
    const answer = await fetch("/desk/session", { headers: { Accept: "application/json" }, cache: "no-store" });
    if (!answer.ok) throw new Error("no answer");
    return answer.json();
  }

  async function signIn(fields) {
    const { csrf, signed_in: signedIn, name } = await readSession();
    if (signedIn && name === body.dataset.user) return { good: true, csrf };
    const answer = await fetch("/desk/sign-in/again", {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRF-Token": csrf },
      body: new URLSearchParams(fields),
    });
    const told = await answer.json();
    return { good: answer.ok, csrf: told.csrf, message: told.message, needCode: told.need_code };
  }

  /* Asks until the password is right (true) or the person puts it off (false). */
  function ask() {
    return new Promise((resolve) => {
      const form = dialog.querySelector("form");
      const problem = dialog.querySelector("[role=alert]");
      const { name, password, code } = form.elements;
      const say = (text) => {
        problem.textContent = text ?? "";
        problem.hidden = !text;
      };
      const finish = (good) => {
        form.onsubmit = null;
        password.value = code.value = "";
        if (dialog.open) dialog.close();
        resolve(good);
      };
      form.onsubmit = async (event) => {
        event.preventDefault();
        try {
          const told = await signIn({ name: name.value, password: password.value, code: code.value });
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
  desk.session ??= async () => {
    const session = await readSession();
    if (session.signed_in) useToken(session.csrf);
    return session.signed_in;
  };
  desk.fetch ??= async (address, options = {}) => {
    const send = () =>
      fetch(address, {
        ...options,
        headers: { Accept: "application/json", "X-CSRF-Token": body.dataset.csrf ?? "", ...options.headers },
      });
    const answer = await send();
    return answer.status === 401 && (await desk.again()) ? send() : answer;
  };
})();

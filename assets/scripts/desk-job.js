"use strict";
/* A page about long work: asks how far it is, and opens the page again when it is over. Without it the browser opens the
   page again every few seconds. */
(() => {
  const bar = document.getElementById("job-bar");
  const words = document.getElementById("job-words");
  const box = document.getElementById("job");
  const locale = document.documentElement.lang;
  const ask = async () => {
    let wait = 1000;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "application/json" }, cache: "no-store" });
      if (!answer.ok) return location.reload(); // the session has ended: the page says so
      const { running, done, total } = await answer.json();
      if (!running) return location.reload();
      if (total) {
        const percent = Math.floor((done * 100) / total);
        bar.value = percent;
        words.textContent = box.dataset.percent.replace("{percent}", percent.toLocaleString(locale));
      }
    } catch {
      wait = 4000; // no network: the work goes on without us
    }
    setTimeout(ask, wait);
  };
  setTimeout(ask, 600);
})();

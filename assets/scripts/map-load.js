"use strict";
/* Loads what a map needs when its box comes into sight, and not before: nobody pays for a map that stays folded away. */
(() => {
  const loaded = new Map();

  function load(kind, address) {
    if (!loaded.has(address))
      loaded.set(
        address,
        new Promise((done, failed) => {
          const element = kind === "style" ? Object.assign(document.createElement("link"), { rel: "stylesheet", href: address }) : Object.assign(document.createElement("script"), { src: address });
          element.onload = done;
          element.onerror = () => {
            loaded.delete(address);
            element.remove();
            failed();
          };
          document.head.append(element);
        }),
      );
    return loaded.get(address);
  }

  async function fill(box) {
    box.querySelector(".map-failed")?.remove();
    box.classList.remove("fails");
    const { styles, scripts } = box.dataset;
    try {
      const looks = Promise.all(styles.split(" ").map((address) => load("style", address)));
      for (const address of scripts.split(" ")) {
        if (address.includes("/map.")) await looks; // it measures what it draws
        await load("script", address);
      }
    } catch {
      const failed = Object.assign(document.createElement("p"), { className: "map-failed note", textContent: `${box.dataset.loadFailed} ` });
      const again = Object.assign(document.createElement("button"), { type: "button", textContent: box.dataset.again });
      again.addEventListener("click", () => fill(box));
      failed.append(again);
      box.prepend(failed);
      box.classList.add("fails");
    }
  }

  const seen = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries)
        if (isIntersecting) {
          seen.unobserve(target);
          fill(target);
        }
    },
    { rootMargin: "200px" },
  );
  for (const box of document.querySelectorAll(".map")) seen.observe(box);
})();

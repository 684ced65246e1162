"use strict";
/* The main point of a picture: shown, moved by pressing on the picture, and how the small picture will be cut. */
(() => {
  const picture = document.getElementById("focus-picture");
  if (!picture) return;
  const x = document.querySelector('[name="focus_x"]');
  const y = document.querySelector('[name="focus_y"]');
  const point = picture.querySelector(".focus-point");
  const small = document.querySelector(".focus-small");

  function show() {
    const set = x.value !== "" && y.value !== "" && x.checkValidity() && y.checkValidity();
    point.hidden = !set;
    point.style.left = `${x.value}%`;
    point.style.top = `${y.value}%`;
    small.style.objectPosition = set ? `${x.value}% ${y.value}%` : "";
  }

  const part = (at, from, size) => String(Math.round(Math.min(1, Math.max(0, (at - from) / size)) * 100));
  picture.addEventListener("click", (event) => {
    const box = picture.getBoundingClientRect();
    x.value = part(event.clientX, box.left, box.width);
    y.value = part(event.clientY, box.top, box.height);
    x.dispatchEvent(new Event("input", { bubbles: true }));
    show();
  });
  for (const field of [x, y]) field.addEventListener("input", show);
  show();
})();

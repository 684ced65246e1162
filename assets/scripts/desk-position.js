"use strict";
/* The position of a site: the field is the thing, and the map follows it. What is typed is read by the server, as it will
   be when it is saved; what is set on the map is written into the field. */
(() => {
  const PAUSE = 500; // milliseconds after the last key
  const form = document.getElementById("site");
  const box = document.getElementById("map");
  const part = box.closest(".position");
  const said = box.querySelector(".map-said");
  const twins = part.querySelector(".map-twins");
  const back = part.querySelector(".map-back");
  const list = part.querySelector(".map-sites");
  const photos = part.querySelector(".map-photos");
  const { position: field, "position.accuracy_m": accuracy } = form.elements;
  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const link = ({ href, title, lang }) => make("a", { href, target: "_blank", rel: "noopener", textContent: title, lang });

  let timer = 0;
  let asking = null;
  let read = null; // the text that was read last
  let known = null; // what came of it
  let typed = { position: field.value, accuracy: accuracy.value }; // before anything but a person's keys changed it

  const say = (text, wrong = false) => {
    said.classList.toggle("problem", wrong);
    if (said.textContent !== text) said.textContent = text;
  };

  function show() {
    if (!box.map) return;
    if (!known) return box.pin.clear();
    box.pin.set(known.lat, known.lon, Number(accuracy.value));
    box.pin.show({ near: true });
  }

  function tellTwins(all) {
    twins.replaceChildren(...all.map((twin) => make("li", {}, link(twin), ` – ${twin.away} (${twin.state})`)));
    twins.hidden = !all.length;
  }

  function take(told) {
    known = "lat" in told ? told : null;
    say(told.problem ?? told.said, Boolean(told.problem));
    tellTwins(told.twins ?? []);
    show();
  }

  async function ask() {
    clearTimeout(timer);
    const text = field.value.trim();
    if (text === read) return;
    asking?.abort();
    read = text;
    if (!text) return take({ problem: "" });
    asking = new AbortController();
    try {
      const answer = await fetch(`${form.getAttribute("action")}/position?text=${encodeURIComponent(text)}`, {
        headers: { Accept: "application/json" },
        signal: asking.signal,
      });
      if (!answer.ok) throw new Error(answer.status);
      take(await answer.json());
    } catch (error) {
      if (error.name === "AbortError") return;
      read = null; // asked again with the next key, or when the network is back
      say(said.dataset.offline);
    }
  }

  function changed(event) {
    if (event.isTrusted) typed = { position: field.value, accuracy: accuracy.value };
    back.hidden = !typed.position.trim() || typed.position === field.value;
    clearTimeout(timer);
    if (field.value.trim() !== read) timer = setTimeout(ask, PAUSE);
    else if (event.target === accuracy) show();
  }

  function write(position, metres) {
    field.value = position;
    accuracy.value = metres;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  const degrees = ({ lat, lon }) => `${lat.toFixed(6)}, ${lon.toFixed(6)}`;

  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  addEventListener("online", ask);
  box.addEventListener("map:ready", show);
  box.addEventListener("map:placed", ({ detail }) => write(degrees(detail), "")); // the old position's accuracy is not this one's
  back.querySelector("button").addEventListener("click", () => {
    write(typed.position, typed.accuracy);
    field.focus();
  });
  box.addEventListener("map:sites", ({ detail: { sites } }) => {
    const middle = box.pin.at() ?? box.map.getCenter();
    const far = (site) => box.map.distance(middle, [site.lat, site.lon]);
    list.querySelector("ul").replaceChildren(...sites.sort((a, b) => far(a) - far(b)).map((site) => make("li", {}, link(site))));
    list.hidden = !sites.length;
  });

  async function offerPhotos() {
    const answer = await fetch(photos.dataset.address, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const { pictures } = await answer.json();
    const buttons = pictures.map((picture) => {
      const button = make("button", { type: "button", className: "quiet" }, picture.label);
      if (picture.src) button.prepend(make("img", { src: picture.src, alt: "", width: 48, height: 32, loading: "lazy" }));
      button.addEventListener("click", () => write(degrees(picture), ""));
      return make("li", {}, button);
    });
    photos.querySelector("ul").replaceChildren(...buttons);
    photos.hidden = !buttons.length;
  }

  if (photos) offerPhotos().catch(() => {}); // the page of pictures offers the same
  ask();
})();

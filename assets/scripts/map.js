"use strict";
/* A map in each box .map, drawn with Leaflet: tiles where there is a background, and without one a ground of our own with
   the sites around, a scale and the north. On a phone one finger scrolls the page; a touch opens the map large, and there
   it moves under one finger.

   What the page says with attributes of the box: data-tiles, data-attribution, data-max-zoom (the background), data-sites
   (the address that knows the sites in a view), data-lat and data-lon (where to begin), data-places (a position can be
   set). What the box then has: box.map (Leaflet's) and box.pin {set(lat, lon, metres), show({near}), clear()}; what it tells: map:ready,
   map:sites {sites, more}, map:placed {lat, lon} when a person has set the position. */
(() => {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const coarse = matchMedia("(pointer: coarse)").matches;
  const CLOSE = 16; // the zoom at which a house can be told from the next
  const SLOW = 8000; // milliseconds after which tiles that have not come are told of
  const DOUBLE = 700; // milliseconds in which a second touch belongs to the first: it sets no position on the map just opened or brought nearer
  const FAR = 20000; // metres across; what shows more is too coarse to set a position on
  const STEP = 3; // levels that such a map comes nearer at a touch: eight times
  const NOWHERE = [[8.2, 102.1], [23.4, 109.5]]; // Vietnam: where to begin when no site has a position
  const plain = (text) => Object.assign(document.createElement("i"), { textContent: text }).innerHTML;

  function isFar(map) {
    const { x: width, y: height } = map.getSize();
    const [left, right] = [-50, 50].map((by) => map.containerPointToLatLng([width / 2 + by, height / 2]));
    return (map.distance(left, right) / 100) * width > FAR; // by a short piece: a map of the whole world meets itself
  }

  /* ---- what lies under the points */

  const Ground = L.GridLayer.extend({
    createTile: () => Object.assign(document.createElement("div"), { className: "map-ground" }),
  });

  /* Pictures of a background. They tell their server our origin, which OpenStreetMap's asks for, and not which page is open;
     what is out of sight is not fetched to its end. */
  const Tiles = L.GridLayer.extend({
    createTile({ x, y, z }, done) {
      const tile = Object.assign(document.createElement("img"), { alt: "", referrerPolicy: "origin" });
      tile.onload = () => done(null, tile);
      tile.onerror = () => done(new Error("no tile"), tile);
      tile.src = this.options.template.replace("{z}", z).replace("{x}", x).replace("{y}", y);
      return tile;
    },
    onAdd(map) {
      this.on("tileunload", ({ tile }) => {
        if (tile.complete) return;
        tile.onload = tile.onerror = null;
        tile.src = "data:,";
      });
      return L.GridLayer.prototype.onAdd.call(this, map);
    },
  });

  function addTiles(map, box, say) {
    const { tiles, attribution, maxZoom, tilesFailed } = box.dataset;
    if (!tiles) return;
    const layer = new Tiles({ template: tiles, attribution: plain(attribution), maxZoom: Number(maxZoom), className: "map-tiles" });
    let came = 0;
    let timer = 0;
    const tell = () => !came && say(tilesFailed);
    layer.on("loading", () => {
      came = 0;
      clearTimeout(timer);
      timer = setTimeout(tell, SLOW);
    });
    layer.on("tileload", () => {
      came += 1;
      clearTimeout(timer);
      say("");
    });
    layer.on("tileerror", tell);
    layer.addTo(map);
  }

  /* ---- the sites around */

  function drawSite(site) {
    const look = document.createElement("span");
    const name = Object.assign(document.createElement("span"), { className: "map-name", textContent: site.title, lang: site.lang });
    look.append(Object.assign(document.createElement("span"), { className: `map-dot ${site.state}` }), name);
    const icon = L.divIcon({ className: "map-site", html: look, iconSize: [24, 24], iconAnchor: [12, 12] });
    const words = Object.assign(document.createElement("span"), { textContent: site.title, lang: site.lang });
    return L.marker([site.lat, site.lon], { icon, keyboard: false, pane: "sites" }).bindTooltip(words, { direction: "top", offset: [0, -8] });
  }

  const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

  /* Names are written where there is room for them, beside their point on the right or the left, those nearest to `middle`
     first. */
  function nameSites(map, drawn, middle, taken) {
    const near = [...drawn].sort((a, b) => map.distance(middle, a.getLatLng()) - map.distance(middle, b.getLatLng()));
    const points = near.map((marker) => map.latLngToContainerPoint(marker.getLatLng()));
    for (const { x, y } of points) taken.push({ left: x - 8, top: y - 8, right: x + 8, bottom: y + 8 });
    near.forEach((marker, i) => {
      const { x, y } = points[i];
      const name = marker.getElement().querySelector(".map-name");
      const sides = [x + 9, x - 13 - name.offsetWidth].map((left) => ({ left, top: y - 11, right: left + name.offsetWidth + 4, bottom: y + 11 }));
      const width = map.getSize().x;
      const side = sides.findIndex((room) => room.left >= 0 && room.right <= width && !taken.some((other) => meet(room, other)));
      name.classList.toggle("written", side >= 0);
      name.classList.toggle("before", side === 1);
      if (side >= 0) taken.push(sides[side]);
    });
  }

  function addSites(map, box, say) {
    const drawn = new Map();
    let asking = null;
    let timer = 0;
    map.createPane("sites").setAttribute("aria-hidden", "true"); // the page lists them in words

    const write = () => {
      const pin = box.pin.at();
      const taken = [];
      if (pin) {
        const at = map.latLngToContainerPoint(pin);
        taken.push({ left: at.x - 16, top: at.y - 44, right: at.x + 16, bottom: at.y });
      }
      nameSites(map, drawn.values(), pin ?? map.getCenter(), taken);
    };

    function draw({ sites, more }) {
      const now = new Set(sites.map(({ id }) => id));
      for (const [id, marker] of drawn)
        if (!now.has(id)) {
          marker.remove();
          drawn.delete(id);
        }
      for (const site of sites) if (!drawn.has(site.id)) drawn.set(site.id, drawSite(site).addTo(map));
      write();
      say(more ? box.dataset.more : "");
      box.dispatchEvent(new CustomEvent("map:sites", { detail: { sites, more } }));
    }

    async function ask(query) {
      asking?.abort();
      asking = new AbortController();
      const answer = await fetch(box.dataset.sites + query, { headers: { Accept: "application/json" }, signal: asking.signal });
      if (!answer.ok) throw new Error(answer.status);
      return answer.json();
    }

    function look() {
      const view = map.getBounds();
      const number = (n, most) => Math.max(-most, Math.min(most, n)).toFixed(5);
      const box4 = [number(view.getSouth(), 90), number(view.getWest(), 180), number(view.getNorth(), 90), number(view.getEast(), 180)];
      ask(`?box=${box4}`).then(draw, () => {}); // without an answer what is drawn stays
    }

    map.on("moveend", () => {
      write();
      clearTimeout(timer);
      timer = setTimeout(look, 250);
    });
    return { lately: () => ask(""), write };
  }

  async function begin(map, box, sites) {
    const { lat, lon } = box.dataset;
    if (lat) return map.setView([lat, lon], CLOSE);
    map.fitBounds(NOWHERE);
    try {
      const told = await sites.lately();
      if (told.sites.length && !box.pin.at()) map.fitBounds(L.latLngBounds(told.sites.map((site) => [site.lat, site.lon])).pad(0.15), { maxZoom: CLOSE });
    } catch {
      /* the country is shown, then */
    }
  }

  /* ---- the position */

  function makePin(map, box, changed) {
    let marker = null;
    let circle = null;
    const place = (at) => {
      const { lat, lng: lon } = at.wrap();
      box.pin.set(lat, lon);
      box.dispatchEvent(new CustomEvent("map:placed", { detail: { lat, lon } }));
    };

    function byKey(event) {
      const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      event.stopPropagation();
      const far = event.shiftKey ? 40 : 4; // pixels
      const at = map.latLngToContainerPoint(marker.getLatLng()).add([step[0] * far, step[1] * far]);
      place(map.containerPointToLatLng(at));
      map.panInside(marker.getLatLng(), { padding: [40, 50], animate: false });
    }

    function make(at) {
      const look = box.querySelector("template.map-pin").content.firstElementChild;
      const icon = L.divIcon({ className: "map-mark", html: look.cloneNode(true), iconSize: [44, 48], iconAnchor: [22, 46] });
      marker = L.marker(at, { icon, draggable: map.dragging.enabled(), autoPan: !calm, zIndexOffset: 1000, title: "" }).addTo(map);
      const element = marker.getElement();
      element.setAttribute("role", "button");
      element.setAttribute("aria-label", box.dataset.pin);
      element.addEventListener("keydown", byKey);
      marker.on("drag", () => circle?.remove());
      marker.on("dragend", () => place(marker.getLatLng()));
    }

    box.pin = {
      at: () => marker?.getLatLng() ?? null,
      place,
      movable: (on) => marker?.dragging?.[on ? "enable" : "disable"](),
      set(lat, lon, metres) {
        if (!marker) make([lat, lon]);
        marker.setLatLng([lat, lon]);
        circle?.remove();
        circle = metres > 0 && metres < 1e5 ? L.circle([lat, lon], { radius: metres, className: "map-circle", interactive: false }).addTo(map) : null;
        changed();
      },
      /* Brings the mark into sight; with `near` also where it stands in a view too large to judge it by. */
      show({ near = false } = {}) {
        if (!marker) return;
        if ((near && isFar(map)) || !map.getBounds().pad(-0.1).contains(marker.getLatLng())) map.setView(marker.getLatLng(), Math.max(map.getZoom(), CLOSE), { animate: false });
      },
      clear() {
        marker?.remove();
        circle?.remove();
        marker = circle = null;
        changed();
      },
    };
  }

  /* ---- large, over the whole page */

  function makeLarge(map, box, frame) {
    const dialog = Object.assign(document.createElement("dialog"), { className: "map-dialog" });
    const sheet = frame.querySelector(".map-sheet");
    const opener = frame.querySelector('[data-map="large"]');
    const close = Object.assign(document.createElement("button"), { type: "button", className: "main", textContent: box.dataset.close });
    const moved = [frame, ...box.querySelectorAll(".map-said, .map-twins")];
    const place = document.createComment("map");
    dialog.setAttribute("aria-label", sheet.getAttribute("aria-label"));
    close.addEventListener("click", () => dialog.close());
    document.body.append(dialog);
    frame.before(place);

    function greedy(on) {
      const free = on || !coarse;
      map.dragging[free ? "enable" : "disable"]();
      map.scrollWheelZoom[on ? "enable" : "disable"]();
      box.pin.movable(free);
      opener.hidden = on;
      map.invalidateSize({ animate: false });
    }

    dialog.addEventListener("close", () => {
      close.remove();
      place.after(...moved);
      greedy(false);
      box.pin.show();
      opener.focus();
    });
    return {
      isOpen: () => dialog.open,
      open() {
        dialog.append(...moved);
        frame.querySelector(".map-tools").append(close);
        dialog.showModal();
        greedy(true);
        box.pin.show();
        sheet.focus();
      },
    };
  }

  /* ---- together */

  function make(box) {
    const frame = box.querySelector(".map-frame");
    const sheet = frame.querySelector(".map-sheet");
    const note = frame.querySelector(".map-note");
    const say = (kind) => (text) => {
      note.dataset[kind] = text;
      const all = [note.dataset.nearer, note.dataset.tiles, note.dataset.sites].filter(Boolean).join(" ");
      if (note.textContent !== all) note.textContent = all;
    };
    frame.classList.remove("waits");
    const map = L.map(sheet, {
      zoomControl: false,
      attributionControl: false,
      dragging: !coarse,
      tap: false,
      scrollWheelZoom: false,
      boxZoom: false,
      inertia: !calm,
      zoomAnimation: !calm,
      fadeAnimation: !calm,
      markerZoomAnimation: !calm,
      minZoom: 2,
      maxZoom: Number(box.dataset.maxZoom) || 20,
    });
    if (calm) map.panBy = (offset, options) => L.Map.prototype.panBy.call(map, offset, { ...options, animate: false });
    box.map = map;
    L.control.attribution({ prefix: false }).addTo(map);
    L.control.scale({ imperial: false, maxWidth: 120 }).addTo(map);
    new Ground({ zIndex: 0 }).addTo(map);
    let sites = null;
    makePin(map, box, () => sites?.write());
    sites = addSites(map, box, say("sites"));
    const large = makeLarge(map, box, frame);
    const places = "places" in box.dataset;
    /* Sets the position, or where the map shows too much for that comes nearer and says so. True when it was set. */
    const place = (at) => {
      const far = isFar(map);
      if (far) map.setView(at, Math.min(map.getZoom() + STEP, CLOSE));
      else box.pin.place(at);
      say("nearer")(far ? box.dataset.nearer : "");
      return !far;
    };
    const acts = { in: () => map.zoomIn(), out: () => map.zoomOut(), large: () => large.open(), here: () => place(map.getCenter()) };
    frame.querySelector(".map-tools").addEventListener("click", (event) => acts[event.target.closest("button")?.dataset.map]?.());
    let opened = 0; // when a touch opened the map or brought it nearer, by its own clock
    map.on("click", ({ latlng, originalEvent: { timeStamp } }) => {
      if (coarse && !large.isOpen()) {
        opened = timeStamp;
        large.open();
      } else if (places && !(opened && timeStamp - opened < DOUBLE) && !place(latlng)) opened = timeStamp;
    });
    sheet.addEventListener("keydown", (event) => {
      if (!places || event.key !== "Enter" || event.target !== sheet) return;
      event.preventDefault(); // it would send the form
      place(map.getCenter());
    });
    new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(sheet); // a folded part was opened
    begin(map, box, sites).then(() => addTiles(map, box, say("tiles"))); // none is fetched for a view that goes at once
    box.dispatchEvent(new CustomEvent("map:ready"));
  }

  for (const box of document.querySelectorAll(".map")) if (!box.map) make(box);
})();

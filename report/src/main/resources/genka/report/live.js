"use strict";
(() => {
  /* The server tells what changed; htmx swaps it in and keeps the drawn charts. */
  const main = document.getElementById("main");
  const waiting = new Map();
  const opened = () => [...document.querySelectorAll("details[open]")].map(details => details.id);

  /* A part whose text is being marked waits until it is not: to copy from a page that changes must be possible. */
  const marked = place => {
    const selection = getSelection();
    return !selection.isCollapsed && selection.containsNode(place, true);
  };
  const swap = (id, html) => {
    const place = document.getElementById(id);
    if (place && marked(place)) { waiting.set(id, html); return; }
    waiting.delete(id);
    const open = opened();
    const focused = place && place.contains(document.activeElement) && document.activeElement.closest("[id]");
    const within = focused && document.activeElement !== focused ? document.activeElement.localName : "";
    htmx.swap(place || main, html, { swapStyle: place ? "outerHTML" : "beforeend", swapDelay: 0, settleDelay: 0 });
    open.forEach(name => { const details = document.getElementById(name); if (details) details.open = true; });
    const again = focused && document.querySelector("#" + CSS.escape(focused.id) + (within && " > " + within));
    if (again) again.focus({ preventScroll: true });
  };
  document.addEventListener("selectionchange", () => [...waiting].forEach(([id, html]) => swap(id, html)));

  const state = (name, words) => {
    document.documentElement.dataset.live = name;
    document.getElementById("live").textContent = words;
  };
  const source = new EventSource("events");
  source.addEventListener("part", event => { const { id, html } = JSON.parse(event.data); swap(id, html); });
  source.addEventListener("data", event => genka.show(JSON.parse(event.data)));
  source.addEventListener("title", event => { document.title = JSON.parse(event.data); });
  source.addEventListener("ended", () => { source.close(); state("ended", "the run is over; this is how it ended"); });
  source.addEventListener("open", () => state("on", "live"));
  source.addEventListener("error", () => state("lost", "connection lost"));
})();

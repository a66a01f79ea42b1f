"use strict";
(() => {
  /* The server tells what changed; htmx swaps it in and keeps the drawn charts. */
  const opened = () => [...document.querySelectorAll("details[open]")].map(details => details.id);
  const source = new EventSource("events");
  source.addEventListener("part", event => {
    const { id, html } = JSON.parse(event.data);
    const open = opened();
    const place = document.getElementById(id);
    if (place) htmx.swap(place, html, { swapStyle: "outerHTML", swapDelay: 0, settleDelay: 0 });
    else htmx.swap(document.getElementById("main"), html, { swapStyle: "beforeend", swapDelay: 0, settleDelay: 0 });
    open.forEach(name => { const details = document.getElementById(name); if (details) details.open = true; });
  });
  source.addEventListener("data", event => genka.show(JSON.parse(event.data)));
  source.addEventListener("ended", () => { source.close(); document.documentElement.dataset.live = "ended"; });
  source.addEventListener("open", () => { document.documentElement.dataset.live = "on"; });
  source.addEventListener("error", () => { document.documentElement.dataset.live = "lost"; });
})();

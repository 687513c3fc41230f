"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const byId = (id) => document.getElementById(id);

  const remembered = (() => {
    try { return localStorage.getItem("theme"); } catch { return null; }
  })();
  if (remembered && byId(remembered)) byId(remembered).checked = true;
  for (const radio of all("input[name=theme]")) {
    radio.addEventListener("change", () => {
      try { localStorage.setItem("theme", radio.id); } catch { /* The switch works all the same. */ }
    });
  }

  const panel = byId("panel");
  const hidden = (mark) => all("[data-layer]").some((box) => !box.checked && mark.classList.contains(box.dataset.layer));

  for (const box of all("[data-layer]")) {
    const reach = () => {
      for (const mark of all(`mark.${box.dataset.layer}[id]`)) mark.tabIndex = box.checked ? 0 : -1;
    };
    box.addEventListener("change", reach);
    reach();
  }

  const clear = () => {
    for (const mark of all("mark.is-on, mark.is-linked")) mark.classList.remove("is-on", "is-linked");
    if (panel) panel.hidden = true;
  };

  const select = (mark) => {
    clear();
    const item = byId(mark.dataset.item);
    if (!item || !panel) return;
    const marks = (id) => all(`mark[data-item="${CSS.escape(id)}"]`);
    for (const each of marks(item.id)) each.classList.add("is-on");
    for (const id of (item.dataset.links || "").split(" ").filter(Boolean)) {
      for (const each of marks(id)) each.classList.add("is-linked");
    }
    const copy = item.cloneNode(true);
    for (const each of all("[id]", copy)) each.removeAttribute("id");
    byId("panel-content").replaceChildren(...copy.childNodes);
    panel.hidden = false;
    mark.scrollIntoView({ block: "nearest" });
  };

  const visible = (node) => {
    let mark = node instanceof Element ? node.closest("mark.span") : null;
    while (mark && hidden(mark)) mark = mark.parentElement.closest("mark.span");
    return mark;
  };

  // A click on a later piece of a span reaches an element that takes no focus.
  document.addEventListener("click", (event) => {
    const mark = visible(event.target);
    if (mark) select(mark);
  });
  document.addEventListener("focusin", (event) => {
    if (event.target.matches("mark.span") && !hidden(event.target)) select(event.target);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") clear();
  });
  if (panel) byId("panel-close").addEventListener("click", clear);

  const arrive = () => {
    const target = location.hash.length > 1 && byId(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let node = target; node; node = node.parentElement) if (node.matches("details")) node.open = true;
    const inner = target.querySelector(":scope > details");
    if (inner) inner.open = true;
    target.scrollIntoView({ block: "center" });
    if (target.matches("mark.span")) target.focus({ preventScroll: true });
  };
  addEventListener("hashchange", arrive);
  // A second click on the same link changes no hash.
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("a[href^='#s']");
    if (link && link.getAttribute("href") === location.hash) arrive();
  });
  arrive();

  let closed = [];
  addEventListener("beforeprint", () => {
    closed = all("details:not([open])");
    for (const each of closed) each.open = true;
  });
  addEventListener("afterprint", () => {
    for (const each of closed) each.open = false;
  });
})();

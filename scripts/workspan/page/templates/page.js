// Makes the page live: tips, dimming, sorting, search, folds. Without it everything is there, and
// nothing that needs it is shown.
"use strict";
(() => {
  const root = document.documentElement;
  const all = (selector, of = document) => [...of.querySelectorAll(selector)];
  root.classList.add("js");

  // Tips. The title of a mark is its tip without this script.
  const tip = document.getElementById("tip");
  let told = null;
  function hide() {
    tip.hidden = true;
    if (told) told.classList.remove("told");
    told = null;
  }
  function tell(mark) {
    if (mark === told) return;
    hide();
    told = mark;
    mark.classList.add("told");
    tip.textContent = mark.getAttribute("aria-label");
    place();
  }
  function leave() { // of the pointer: the tip is again that of the mark with the focus
    const focused = document.querySelector(".mark:focus-visible");
    if (told && focused) tell(focused);
    else hide();
  }
  function place() { // above its mark, within the window; not shown while the mark is outside
    if (!told) return;
    const at = told.getBoundingClientRect();
    tip.hidden = at.bottom < 0 || at.top > root.clientHeight;
    if (tip.hidden) return;
    const wide = tip.offsetWidth, high = tip.offsetHeight;
    const left = at.left + at.width / 2 - wide / 2;
    const above = at.top - high - 8;
    tip.style.left = `${Math.max(8, Math.min(left, root.clientWidth - wide - 8))}px`;
    tip.style.top = `${above > 4 ? above : at.bottom + 8}px`;
  }
  function nearest(marks, event) { // a finger is wider than a mark
    const away = mark => {
      const at = mark.getBoundingClientRect();
      return Math.hypot(at.left + at.width / 2 - event.clientX,
        at.top + at.height / 2 - event.clientY);
    };
    const near = marks.map(mark => [away(mark), mark]).filter(([far]) => far < 22);
    return near.sort((a, b) => a[0] - b[0])[0]?.[1];
  }
  for (const svg of all("figure svg")) {
    const marks = all(".mark", svg);
    if (!marks.length) continue;
    svg.setAttribute("role", "group");
    marks.forEach((mark, k) => {
      const title = mark.querySelector(":scope > title");
      mark.setAttribute("aria-label", title.textContent);
      mark.setAttribute("role", "img");
      mark.setAttribute("tabindex", k ? "-1" : "0");
      title.remove();
    });
    const of = event => event.target.closest(".mark");
    // Not pointerover, which scrolling beneath a pointer at rest fires too.
    svg.addEventListener("pointermove", event => of(event) ? tell(of(event)) : leave());
    svg.addEventListener("pointerleave", leave);
    svg.addEventListener("click", event => {
      const mark = of(event) ?? nearest(marks, event);
      if (mark) tell(mark);
    });
    // Listening on the svg would make it a stop of Tab itself.
    svg.parentElement.addEventListener("focusin", event => of(event) && tell(of(event)));
    svg.parentElement.addEventListener("focusout", hide);
    svg.addEventListener("keydown", event => { // one stop of Tab a chart, arrows within it
      const step = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1}[event.key];
      const at = marks.indexOf(of(event));
      if (!step || at < 0) return;
      event.preventDefault();
      const next = marks[(at + step + marks.length) % marks.length];
      marks[at].setAttribute("tabindex", "-1");
      next.setAttribute("tabindex", "0");
      next.focus();
    });
  }
  document.addEventListener("keydown", event => event.key === "Escape" && hide());
  document.addEventListener("scroll", place, {passive: true, capture: true});

  // The legend dims all other places in all charts; a click keeps it so.
  let kept = null;
  function only(kind) {
    if (kind) root.dataset.only = kind;
    else delete root.dataset.only;
    for (const item of all(".legend li")) {
      item.classList.toggle("on", item.dataset.kind === kind);
      item.setAttribute("aria-pressed", String(item.dataset.kind === kept));
    }
  }
  for (const item of all(".legend li")) {
    const kind = item.dataset.kind;
    const toggle = () => { kept = kept === kind ? null : kind; only(kept); };
    item.setAttribute("role", "button");
    item.setAttribute("tabindex", "0");
    item.setAttribute("aria-pressed", "false");
    item.addEventListener("pointerenter", () => only(kind));
    item.addEventListener("pointerleave", () => only(kept));
    item.addEventListener("focus", () => only(kind));
    item.addEventListener("blur", () => only(kept));
    item.addEventListener("click", toggle);
    item.addEventListener("keydown", event => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      toggle();
    });
  }

  // Sorting: numbers by their value, a dash last.
  const text = cell => cell.textContent.trim();
  function key(cell) {
    const value = parseFloat(cell.dataset.v ?? text(cell));
    return Number.isNaN(value) ? null : value;
  }
  function compare(a, b, numeric) {
    if (!numeric) return text(a).localeCompare(text(b), "en", {numeric: true});
    const [x, y] = [key(a), key(b)];
    return x === null || y === null ? (x === null) - (y === null) : x - y;
  }
  function sort(head, column) {
    const table = head.closest("table"), body = table.tBodies[0];
    const down = head.getAttribute("aria-sort") === "ascending";
    const numeric = !head.classList.contains("w");
    const rows = [...body.rows].sort((a, b) => {
      const [x, y] = [a.cells[column], b.cells[column]];
      const empty = numeric && (key(x) === null || key(y) === null);
      const order = compare(x, y, numeric);
      return down && !empty ? -order : order;
    });
    for (const other of all("th", table)) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    body.append(...rows);
  }
  for (const table of all("table")) {
    all("th", table).forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      button.addEventListener("click", () => sort(head, column));
      head.append(button);
    });
  }

  // Search: rows with every word.
  for (const find of all(".find")) {
    const input = find.querySelector("input"), count = find.querySelector("output");
    const table = find.nextElementSibling.querySelector("table");
    const words = row => [...row.cells].map(text).join(" ").toLowerCase();
    const rows = [...table.tBodies[0].rows].map(row => [row, words(row)]);
    input.addEventListener("input", () => {
      const wanted = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const [row, of] of rows) {
        row.hidden = !wanted.every(word => of.includes(word));
        shown += !row.hidden;
      }
      count.textContent = wanted.length ? `${shown} of ${rows.length}` : "";
    });
  }

  // Folds: all at once, and all that are to be printed.
  const folds = () => all("details");
  const button = document.getElementById("open-all");
  button.addEventListener("click", () => {
    const open = !folds().every(fold => fold.open);
    for (const fold of folds()) fold.open = open;
    button.textContent = open ? "Close all tables" : "Open all tables";
  });
  let closed = [];
  window.addEventListener("beforeprint", () => {
    closed = all("details:not([open]):not([data-unprinted])");
    for (const fold of closed) fold.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const fold of closed) fold.open = false;
  });
})();

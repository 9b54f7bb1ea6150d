"use strict";
// Sorts the tables of a page by a click on a heading: ascending, descending, as they were. Missing values come last.
(() => {
  const texts = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

  function readCell(cell) {
    if (cell.dataset.n !== undefined) return Number(cell.dataset.n);
    const text = cell.dataset.v ?? cell.textContent;
    return text === "" ? null : text;
  }

  function compare(a, b) {
    if (typeof a !== typeof b) return typeof a === "number" ? -1 : 1;
    return typeof a === "number" ? a - b || 0 : texts.compare(a, b);
  }

  function sortRows(table, column, direction) {
    const body = table.tBodies[0];
    const rows = original.get(table).map((row) => [direction ? readCell(row.cells[column]) : null, row]);
    const present = rows.filter(([value]) => value !== null);
    const missing = rows.filter(([value]) => value === null);
    present.sort((a, b) => direction * compare(a[0], b[0]));
    body.append(...[...present, ...missing].map(([, row]) => row));
    [...table.tHead.rows[0].cells].forEach((th, i) => {
      if (direction && i === column) th.setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
      else th.removeAttribute("aria-sort");
    });
  }

  function click(event) {
    const th = event.currentTarget.closest("th");
    const table = th.closest("table");
    const sorted = th.getAttribute("aria-sort");
    const direction = sorted === "ascending" ? -1 : sorted === "descending" ? 0 : 1;
    sortRows(table, th.cellIndex, direction);
    const sign = direction < 0 ? "-" : "";
    const hash = direction ? `#sort=${tables.indexOf(table)}.${sign}${th.cellIndex}` : "#";
    try { history.replaceState(null, "", hash); } catch { /* the page is shown where it has no address */ }
  }

  const tables = [...document.querySelectorAll("table.sortable")];
  const original = new Map(tables.map((table) => [table, [...table.tBodies[0].rows]]));
  for (const table of tables)
    for (const button of table.tHead.querySelectorAll("button")) button.addEventListener("click", click);

  const linked = /^#sort=(\d{1,4})\.(-?)(\d{1,4})$/.exec(location.hash);
  const table = linked && tables[Number(linked[1])];
  if (table && Number(linked[3]) < table.tHead.rows[0].cells.length)
    sortRows(table, Number(linked[3]), linked[2] ? -1 : 1);
})();

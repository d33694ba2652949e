"use strict";
// Sorts tables by a column. Without it the page is the same, in the order in which it was made.
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  const original = [...body.rows];
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    if (head.classList.contains("chart")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const first = head.classList.contains("num") ? "descending" : "ascending";
      const second = first === "ascending" ? "descending" : "ascending";
      const now = head.getAttribute("aria-sort");
      const next = now === null ? first : now === first ? second : null;
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      if (next === null) {
        body.append(...original);
        return;
      }
      head.setAttribute("aria-sort", next);
      const sign = next === "ascending" ? 1 : -1;
      const value = (row) => row.cells[column].dataset.value;
      const text = (row) => row.cells[column].textContent.trim();
      const compare = head.classList.contains("num")
        ? (a, b) => {
            if (value(a) === undefined || value(b) === undefined) {
              return (value(a) === undefined) - (value(b) === undefined);
            }
            return sign * (Number(value(a)) - Number(value(b)));
          }
        : (a, b) => sign * text(a).localeCompare(text(b), "en");
      body.append(...[...original].sort(compare));
    });
  });
}
// On paper nothing can be unfolded. Rules show a shape over all languages; those by language, which
// take dozens of pages, are printed where they have been unfolded.
const folded = [];
addEventListener("beforeprint", () => {
  for (const part of document.querySelectorAll("details:not([open], .rules *)")) {
    part.open = true;
    folded.push(part);
  }
});
addEventListener("afterprint", () => {
  for (const part of folded.splice(0)) part.open = false;
});

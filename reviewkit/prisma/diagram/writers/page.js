"use strict";
const collator = new Intl.Collator(document.documentElement.lang, { numeric: true, sensitivity: "base" });
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
for (const section of document.querySelectorAll(".list")) {
  const body = section.querySelector("tbody");
  if (!body || section.dataset.folder || !section.querySelector(".tools")) continue;
  const tools = section.querySelector(".tools");
  const count = section.querySelector("output");
  const rows = [...body.rows].map((row) => ({ row, text: plain(row.textContent) }));
  const show = (wanted) => {
    const words = plain(wanted).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { row, text } of rows) {
      row.hidden = !words.every((word) => text.includes(word));
      shown += row.hidden ? 0 : 1;
    }
    count.textContent = count.dataset.shown.replace("{shown}", shown).replace("{all}", rows.length);
  };
  tools.hidden = false;
  tools.querySelector("input").addEventListener("input", (event) => show(event.target.value));
  show("");
  const heads = [...section.querySelectorAll("thead th")];
  heads.forEach((head, column) => {
    head.querySelector("button").addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      for (const other of heads) other.setAttribute("aria-sort", "none");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const cell = (item) => item.row.cells[column].textContent.trim();
      rows.sort((a, b) => {
        const [left, right] = [cell(a), cell(b)];
        if (!left || !right) return Number(!left) - Number(!right);
        return (up ? 1 : -1) * collator.compare(left, right);
      });
      body.append(...rows.map((item) => item.row));
    });
  });
}

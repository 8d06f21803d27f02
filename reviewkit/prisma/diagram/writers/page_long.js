// Long lists: the first records are in the page, the others in files beside it, read one by one.
const waiting = new Map();
window.reviewkitRows = (name, rows) => waiting.get(name)?.(rows);
const rowsOf = (folder, name) => new Promise((resolve, reject) => {
  const script = document.createElement("script");
  const end = (act, value) => { waiting.delete(name); script.remove(); act(value); };
  waiting.set(name, (rows) => end(resolve, rows));
  script.onerror = () => end(reject, new Error(name));
  script.src = `${encodeURIComponent(folder)}/${name}.js`;
  document.head.append(script);
});
const addressOf = (column, value) => {
  const kind = column.trim().toLowerCase();
  const safe = (text) => encodeURIComponent(text).replace(/%(2F|3A|3B)/g, decodeURIComponent);
  if (kind === "doi" && value.startsWith("10.")) return `https://doi.org/${safe(value)}`;
  if (kind === "pmid" && /^[0-9]+$/.test(value)) return `https://pubmed.ncbi.nlm.nih.gov/${value}/`;
  return "";
};
const rowFor = (columns, cells) => {
  const row = document.createElement("tr");
  cells.forEach((text, place) => {
    const cell = row.insertCell();
    cell.dir = "auto";
    const address = addressOf(columns[place], text);
    if (!address) { cell.textContent = text; return; }
    const link = document.createElement("a");
    Object.assign(link, { href: address, rel: "noreferrer", textContent: text });
    cell.append(link);
  });
  return row;
};
for (const section of document.querySelectorAll(".list[data-folder]")) {
  const { folder, box, files, all } = section.dataset;
  const [body, tools, count] = ["tbody", ".tools", ".count"].map((part) => section.querySelector(part));
  const more = section.querySelector(".more");
  const columns = [...section.querySelectorAll("thead th")].map((head) => head.textContent);
  let search = 0; // Each search has a number: an earlier one stops when a later one has begun.
  const begin = (wanted, first = 100) => {
    const words = plain(wanted).split(/\s+/).filter(Boolean);
    const mine = ++search;
    let [file, piece, place, shown, goal] = [0, [], 0, 0, first];
    const tell = () => {
      const ended = place >= piece.length && file >= Number(files);
      more.hidden = ended;
      const told = ended || !words.length ? shown : `${shown}+`;
      count.textContent = count.dataset.shown.replace("{shown}", told).replace("{all}", all);
    };
    const goOn = async () => {
      more.disabled = true;
      while (mine === search && shown < goal) {
        if (place >= piece.length) {
          if (file >= Number(files)) break;
          [piece, place] = [await rowsOf(folder, `${box}-${file}`), 0];
          file += 1;
          if (mine !== search) return;
          tell();
        }
        const cells = piece[place++];
        const text = plain(cells.join(" "));
        if (!words.every((word) => text.includes(word))) continue;
        body.append(rowFor(columns, cells));
        shown += 1;
      }
      if (mine !== search) return;
      more.disabled = false;
      tell();
    };
    const missing = () => { count.textContent = count.dataset.missing; more.disabled = false; };
    body.replaceChildren();
    more.onclick = () => { goal += 100; goOn().catch(missing); };
    goOn().catch(missing);
  };
  let pause = 0;
  tools.querySelector("input").addEventListener("input", (event) => {
    clearTimeout(pause);
    pause = setTimeout(begin, 200, event.target.value);
  });
  tools.hidden = false;
  more.hidden = false;
  more.onclick = () => { begin("", 200); };
}

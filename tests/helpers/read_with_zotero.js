// Read a file with one of Zotero's own translators: node read_with_zotero.js TRANSLATOR FILE
//
// Prints the items as JSON. Of Zotero there is only what the translators of RIS and BibTeX ask for
// while they import; dates and names are split as Zotero's utilities do it.
"use strict";
const fs = require("fs");
const vm = require("vm");

const [, , translator, file] = process.argv;
const text = fs.readFileSync(file, "utf8");
const items = [];
let at = 0;

const utilities = {
  trim: (text) => text.trim(),
  trimInternal: (text) => text.replace(/[\s\xA0]+/g, " ").trim(),
  unescapeHTML: (text) =>
    text.replace(/<[^>]*>/g, "").replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&"),
  cleanDOI: (text) => (String(text).match(/10\.[0-9]{4,}\/[^\s]*[^\s.,]/) || [null])[0],
  cleanAuthor(name, creatorType, useComma) {
    const parts = useComma && name.includes(",") ? name.split(/,\s*/) : null;
    if (parts) return { lastName: parts[0], firstName: parts.slice(1).join(", "), creatorType };
    const words = name.trim().split(/\s+/);
    return { lastName: words.pop(), firstName: words.join(" "), creatorType };
  },
  strToDate(text) {
    const year = (String(text).match(/\b\d{4}\b/) || [])[0];
    return year ? { year, part: "" } : { part: text };
  },
  formatDate: (date) => date.year || "",
  strToISO: (text) => text,
  text2html: (text) => text,
  fieldIsValidForType: () => true,
  itemTypeExists: () => true,
  getCreatorsForType: () => ["author", "editor"],
  removeDiacritics: (text) => text,
  deepCopy: (value) => JSON.parse(JSON.stringify(value)),
  getVersion: () => "7",
};

class Item {
  constructor(itemType) {
    this.itemType = itemType;
    for (const list of ["creators", "tags", "notes", "attachments", "seeAlso"]) this[list] = [];
  }
  complete() {
    items.push(this);
  }
}

const Zotero = {
  Item,
  Collection: class {
    complete() {}
  },
  Utilities: utilities,
  debug() {},
  getOption: () => undefined,
  getHiddenPref: () => undefined,
  parentTranslator: null,
  isConnector: false,
  // A number of characters, or a line; false at the end.
  read(size) {
    if (at >= text.length) return false;
    let end = at + size;
    let next = end;
    if (size === undefined) {
      end = text.indexOf("\n", at);
      if (end < 0) end = text.length;
      next = end + 1;
    }
    const piece = text.slice(at, end);
    at = next;
    return piece;
  },
};

const context = vm.createContext({ Zotero, Z: Zotero, ZU: utilities, console, setTimeout, Promise });
// A translator begins with an object that describes it.
const source = fs.readFileSync(translator, "utf8").replace(/^\{[\s\S]*?\n\}\r?\n/, "");
vm.runInContext(source, context, { filename: translator });
Promise.resolve(vm.runInContext("doImport()", context)).then(() =>
  process.stdout.write(JSON.stringify(items)),
);

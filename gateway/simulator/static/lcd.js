// Small pieces of a phone's screen. Text is only ever set as text, never as markup.

export function block(kind, ...content) {
  return element("p", kind, ...content);
}

/** The words of a screen or message, with its line breaks. */
export function lines(text) {
  return element("p", "lines", text);
}

export function code(typed) {
  return element("p", "code", typed);
}

export function span(words) {
  return element("span", "", words);
}

export function kiswahili(words) {
  const small = element("small", "", words);
  small.lang = "sw";
  return small;
}

/** Numbered rows, one of them selected; a row can also be pressed. */
export function rows(choices, selected) {
  const list = element("ol", "rows");
  choices.forEach(({ label, isNew, open }, index) => {
    const row = element("li", isNew ? "new" : "", label);
    row.dataset.selected = index === selected;
    row.addEventListener("click", open);
    list.append(row);
  });
  return list;
}

export function field({ kind, label, length, value = "" }) {
  const field = document.createElement(kind);
  field.setAttribute("aria-label", label);
  field.maxLength = length;
  field.value = value;
  field.autocomplete = "off";
  field.autocapitalize = "off";
  field.spellcheck = false;
  field.enterKeyHint = "send";
  field.dataset.part = "field";
  return field;
}

export function time(date, zone, second = undefined) {
  return date.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", second, timeZone: zone });
}

function element(tag, kind, ...content) {
  const made = document.createElement(tag);
  if (kind) made.className = kind;
  made.append(...content);
  return made;
}

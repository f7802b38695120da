// Typing letters with twelve keys: the same key again, quickly, changes the last letter.

const LETTERS = {
  1: ".,?!'-/@1", 2: "abc2", 3: "def3", 4: "ghi4", 5: "jkl5", 6: "mno6",
  7: "pqrs7", 8: "tuv8", 9: "wxyz9", "*": "*+#", 0: " 0",
};
const AGAIN_WITHIN_MS = 900;
const MODES = ["123", "abc", "ABC"];

export class MultiTap {
  constructor(mode) {
    this.mode = mode;
    this.last = { key: null, turn: 0, at: 0, caret: 0 };
  }

  /** `#` changes the mode, any other key writes into the field. */
  press(key, field) {
    if (key === "#") this.mode = MODES[(MODES.indexOf(this.mode) + 1) % MODES.length];
    else if (this.mode === "123") this.write(key, field, 0);
    else this.tap(key, field);
  }

  tap(key, field) {
    const now = performance.now();
    const { last } = this;
    const isAgain = key === last.key && now - last.at < AGAIN_WITHIN_MS && field.selectionEnd === last.caret;
    const turn = isAgain ? (last.turn + 1) % LETTERS[key].length : 0;
    const letter = LETTERS[key][turn];
    this.write(this.mode === "ABC" ? letter.toUpperCase() : letter, field, isAgain ? 1 : 0);
    this.last = { key, turn, at: now, caret: field.selectionEnd };
  }

  write(character, field, replaced) {
    const isFull = field.value.length - replaced >= field.maxLength;
    if (isFull) return;
    field.setRangeText(character, field.selectionStart - replaced, field.selectionEnd, "end");
    changed(field);
  }

  erase(field) {
    const from = field.selectionStart === field.selectionEnd ? field.selectionStart - 1 : field.selectionStart;
    field.setRangeText("", Math.max(0, from), field.selectionEnd, "end");
    this.last.key = null;
    changed(field);
  }
}

function changed(field) {
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

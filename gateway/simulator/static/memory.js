// What the phones remember about messages when the page is loaded again: which were reported, read, lost.

const PLACE = "hatua.phones";
const MOST = 400;

export class Memory {
  constructor() {
    this.marks = new Set(load());
  }

  has(mark, id) {
    return this.marks.has(`${mark} ${id}`);
  }

  add(mark, id) {
    this.marks.add(`${mark} ${id}`);
    try {
      localStorage.setItem(PLACE, JSON.stringify([...this.marks].slice(-MOST)));
    } catch {
      // A browser may refuse storage; then the marks live as long as the page.
    }
  }
}

function load() {
  try {
    return JSON.parse(localStorage.getItem(PLACE)) ?? [];
  } catch {
    return [];
  }
}

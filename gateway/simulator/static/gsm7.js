// What a text costs on the air, in septets of GSM 03.38; characters outside it make the whole text cost more.

const BASIC = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
  "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
);
const EXTENSION = new Set("^{}[]\\~|€\f");

/** Septets of the text, or null when a character is not in GSM-7. */
export function septets(text) {
  let total = 0;
  for (const character of text) {
    if (BASIC.has(character)) total += 1;
    else if (EXTENSION.has(character)) total += 2;
    else return null;
  }
  return total;
}

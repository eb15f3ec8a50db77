/** The most characters (UTF-16 code units) that Excel takes in a cell; a file with more is “repaired” when opened. */
export const MAX_CHARACTERS = 32_767;

/** Cuts a text that is too long for a cell, between characters, and puts a mark at its end. */
export function cutText(text: string, mark: string): string {
  if (text.length <= MAX_CHARACTERS) return text;
  const kept = text.slice(0, MAX_CHARACTERS - mark.length);
  return (/[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept) + mark;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/**
 * A text as the XML of a workbook holds it. What XML refuses is written as Excel does (`_x0001_`), and so is what only
 * looks like that; a carriage return is escaped, for XML readers take it for a line feed. (Half a surrogate pair
 * becomes `U+FFFD` on its way into UTF-8, here and in a CSV.)
 */
export function escapeText(text: string): string {
  return (
    text
      .replaceAll(/_(?=x[\dA-Fa-f]{4}_)/g, '_x005F_')
      .replaceAll(/[&<>"]/g, (character) => ENTITIES[character]!)
      // oxlint-disable-next-line no-control-regex
      .replaceAll(/[\0-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]/g, (character) => {
        return `_x${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`;
      })
      .replaceAll('\r', '&#13;')
  );
}

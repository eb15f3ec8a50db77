/** The maximum length of a cell in Excel, in UTF-16 code units; a file with more is “repaired” when opened. */
export const MAX_CHARACTERS = 32_767;

/** Truncates a text that is too long for a cell, between characters, and appends a mark. */
export function cutText(text: string, mark: string): string {
  if (text.length <= MAX_CHARACTERS) return text;
  const kept = text.slice(0, MAX_CHARACTERS - mark.length);
  return (/[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept) + mark;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/**
 * Escapes text for the XML of a workbook. Characters that XML refuses are written as Excel does (`_x0001_`), and
 * so is text that looks like such an escape; a carriage return is escaped because XML readers turn it into a line
 * feed. (Half a surrogate pair becomes `U+FFFD` in UTF-8, here and in a CSV.)
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

import { describe, expect, it } from '@jest/globals';
import { cutText, escapeText, MAX_CHARACTERS } from './text.xml.js';

describe('a text in the XML of a workbook', () => {
  it.each([
    ['markup', '<a href="x">&amp;', '&lt;a href=&quot;x&quot;&gt;&amp;amp;'],
    ['a carriage return, which XML would read as a line feed', 'a\r\nb', 'a&#13;\nb'],
    [
      'what XML refuses',
      '\0\x01\x08\x0B\x1F\uFFFE\uFFFF',
      '_x0000__x0001__x0008__x000B__x001F__xFFFE__xFFFF_',
    ],
    [
      'what Excel would take for an escape',
      '_x0041_ _x00e4_ __x0041__',
      '_x005F_x0041_ _x005F_x00e4_ __x005F_x0041__',
    ],
    ['text that looks like an escape', '_x41_ x0041_ _x0041 _y0041_', '_x41_ x0041_ _x0041 _y0041_'],
    ['all that is harmless', '\t\n é e\u0301 \u202E 😀 \u0085', '\t\n é e\u0301 \u202E 😀 \u0085'],
  ])('escapes %s', (_, text, escaped) => {
    expect(escapeText(text)).toBe(escaped);
  });

  it('is truncated at the limit of a cell, between characters, with a mark', () => {
    const full = 'x'.repeat(MAX_CHARACTERS);
    expect(cutText(full, ' …')).toBe(full);
    expect(cutText(`${full}x`, ' …')).toBe(`${'x'.repeat(MAX_CHARACTERS - 2)} …`);
    const cut = cutText(`x${'😀'.repeat(MAX_CHARACTERS)}`, '…');
    expect(cut).toBe(`x${'😀'.repeat((MAX_CHARACTERS - 3) / 2)}…`);
  });
});

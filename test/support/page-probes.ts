/** In the browser: cells beyond their card, texts beyond their chart. */
export const OUTSIDE = `
  [...document.querySelectorAll('section :is(td, th, dd), svg text')]
    .filter((inner) => {
      const [own, around] = [inner, inner.closest('svg, section')].map((box) => box.getBoundingClientRect());
      return own.left < around.left - 1 || own.right > around.right + 1;
    })
    .map((inner) => inner.textContent)`;

/** In the browser: texts of page and charts with a contrast under 4.5 : 1 to their background (WCAG AA). */
export const FAINT = `{
  const luminance = (color) => {
    const [red, green, blue] = color.match(/[\\d.]+/g).slice(0, 3).map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (element) => {
    if (element === null) return 'rgb(255, 255, 255)';
    const { backgroundColor } = getComputedStyle(element);
    return backgroundColor === 'rgba(0, 0, 0, 0)' ? behind(element.parentElement) : backgroundColor;
  };
  [...document.querySelectorAll('h1, h2, p, th, td, dt, dd, li span, li b, svg text')]
    .filter((element) => {
      const { fill, color } = getComputedStyle(element);
      const [one, two] = [element.closest('svg') ? fill : color, behind(element)].map(luminance);
      return (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05) < 4.5;
    })
    .map((element) => element.textContent);
}`;

const PAGES = /^\/(docs[^/]*(\/.*)?|(links|deliveries|dead-letters|reports)(\/.*)?)?$/i;

/** Whether a path serves people with a browser: HTML responses, forms, a password prompt. */
export function isPage(path: string): boolean {
  return PAGES.test(path);
}

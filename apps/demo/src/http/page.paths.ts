const PAGES = /^\/(docs[^/]*(\/.*)?|(links|deliveries|dead-letters)(\/.*)?)?$/i;

/** Whether people look at a path with a browser: its answers are pages, its forms are read, it takes a password. */
export function isPage(path: string): boolean {
  return PAGES.test(path);
}

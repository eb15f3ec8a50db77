/** Whether a stream shows colours: a terminal, unless `NO_COLOR` is set. See https://no-color.org */
export function hasColors(stream: NodeJS.WriteStream): boolean {
  // oxlint-disable-next-line node/no-process-env -- a convention of terminals, not a setting of ours
  return stream.isTTY && !process.env.NO_COLOR;
}

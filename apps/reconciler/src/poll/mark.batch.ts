/** How long an item waits for others, in milliseconds. */
const WAIT_MS = 20;

interface Waiting<Item> {
  item: Item;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** Collects items, of several jobs too, and writes them together: when there are enough, or after a moment. */
export class MarkBatch<Item> {
  private waiting: Waiting<Item>[] = [];
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param size items that are written without waiting for more
   * @param write its error is the error of all items that it was to write
   */
  constructor(
    private readonly size: number,
    private readonly write: (items: Item[]) => Promise<void>,
  ) {}

  /** Resolves when the item is written. */
  add(item: Item): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      if (this.waiting.length >= this.size) this.flush();
      else this.timer ??= setTimeout(() => this.flush(), WAIT_MS);
    });
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const batch = this.waiting;
    this.waiting = [];
    this.write(batch.map(({ item }) => item)).then(
      () => batch.forEach(({ resolve }) => resolve()),
      (error: unknown) => batch.forEach(({ reject }) => reject(error)),
    );
  }
}

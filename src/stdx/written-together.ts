// Group commit: items that arrive while a write is under way are written together in the next one. A single item is
// written at once. See DeWitt et al., 'Implementation techniques for main memory database systems', 1984.

export interface TogetherOptions {
  /** How many items one write takes. */
  itemsMax: number;
  /** After this time, a write that has not ended no longer delays the next one. */
  patienceMs: number;
}

interface Waiting<Item, Answer> {
  item: Item;
  resolve(answer: Answer | Promise<Answer>): void;
  reject(cause: unknown): void;
}

/**
 * `write` returns the answers in the order of the items. An answer may be a promise: the next write does not wait for
 * it. If `write` rejects, all of its items do.
 */
export function writtenTogether<Item, Answer>(
  write: (items: Item[]) => Promise<readonly (Answer | Promise<Answer>)[]>,
  { itemsMax, patienceMs }: TogetherOptions,
): (item: Item) => Promise<Answer> {
  let waiting: Waiting<Item, Answer>[] = [];
  let isBusy = false;

  function begin(): void {
    const items = waiting.slice(0, itemsMax);
    waiting = waiting.slice(itemsMax);
    isBusy = items.length > 0;
    if (!isBusy) return;
    let isOver = false;
    const over = () => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      begin();
    };
    const timer = setTimeout(over, patienceMs);
    void settle(write, items).finally(over);
  }

  return (item) =>
    new Promise<Answer>((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (!isBusy) begin();
    });
}

/** Never rejects. */
async function settle<Item, Answer>(
  write: (items: Item[]) => Promise<readonly (Answer | Promise<Answer>)[]>,
  items: readonly Waiting<Item, Answer>[],
): Promise<void> {
  try {
    const answers = await write(items.map(({ item }) => item));
    for (const [index, { resolve, reject }] of items.entries()) {
      const answer = answers[index];
      if (answer === undefined) reject(new TypeError(`${answers.length} answers for ${items.length} items`));
      else resolve(answer);
    }
  } catch (cause) {
    for (const { reject } of items) reject(cause);
  }
}

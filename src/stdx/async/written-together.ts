// Group commit: items that arrive while a write is under way are written together in the next one. A single item is
// written at once, unless it may wait for others. See DeWitt et al., 'Implementation techniques for main memory database
// systems', 1984.

export interface TogetherOptions<Item> {
  /** How many items one write takes. */
  itemsMax: number;
  /** After this time, a write that has not ended no longer delays the next one. */
  patienceMs: number;
  /** True for an item that waits up to `companyMsMax` to be written with one that may not wait. By default, none may. */
  mayWait?(item: Item): boolean;
  companyMsMax?: number;
}

interface Waiting<Item, Answer> {
  item: Item;
  /** By `performance.now()`: when it is written even without others. */
  dueAtMs: number;
  resolve(answer: Answer | Promise<Answer>): void;
  reject(cause: unknown): void;
}

const atOnce = Number.NEGATIVE_INFINITY;

/**
 * `write` returns the answers in the order of the items. An answer may be a promise: the next write does not wait for
 * it. If `write` rejects, all of its items do.
 */
export function writtenTogether<Item, Answer>(
  write: (items: Item[]) => Promise<readonly (Answer | Promise<Answer>)[]>,
  { itemsMax, patienceMs, mayWait = () => false, companyMsMax = 0 }: TogetherOptions<Item>,
): (item: Item) => Promise<Answer> {
  let waiting: Waiting<Item, Answer>[] = [];
  let isBusy = false;
  let company: NodeJS.Timeout | undefined;

  function beginIfDue(): void {
    clearTimeout(company);
    if (isBusy || waiting.length === 0) return;
    const dueInMs = Math.min(...waiting.map(({ dueAtMs }) => dueAtMs)) - performance.now();
    if (dueInMs <= 0 || waiting.length >= itemsMax) begin();
    else company = setTimeout(beginIfDue, Math.ceil(dueInMs));
  }

  function begin(): void {
    const items = waiting.slice(0, itemsMax);
    waiting = waiting.slice(itemsMax);
    isBusy = items.some(({ dueAtMs }) => dueAtMs === atOnce);
    const written = settle(write, items);
    // A write that nobody waits for delays nobody.
    if (!isBusy) {
      beginIfDue();
      return;
    }
    let isOver = false;
    const over = () => {
      if (isOver) return;
      isOver = true;
      isBusy = false;
      clearTimeout(timer);
      beginIfDue();
    };
    const timer = setTimeout(over, patienceMs);
    void written.finally(over);
  }

  return (item) =>
    new Promise<Answer>((resolve, reject) => {
      const dueAtMs = mayWait(item) ? performance.now() + companyMsMax : atOnce;
      waiting.push({ item, dueAtMs, resolve, reject });
      beginIfDue();
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

import type { Item } from './types.js';

export class Store {
  readonly #read = new Set<string>();

  markRead(item: Item): void {
    this.#read.add(item.id);
  }

  unread(items: Item[]): Item[] {
    return items.filter((i) => !this.#read.has(i.id));
  }
}

/** A map that forgets its oldest entry when it has more than `entriesMax`: for results that never expire. */
export class BoundedMap<K, V> extends Map<K, V> {
  readonly #entriesMax: number;

  constructor(entriesMax: number) {
    super();
    this.#entriesMax = entriesMax;
  }

  override set(key: K, value: V): this {
    super.set(key, value);
    const [oldest] = this.keys();
    if (this.size > this.#entriesMax && oldest !== undefined) this.delete(oldest);
    return this;
  }
}

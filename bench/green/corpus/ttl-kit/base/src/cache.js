export class Cache {
  #entries = new Map();

  /** @param {{max?: number, maxAge?: number, now?: () => number}} [options] */
  constructor({ max = 100, maxAge = Infinity, now = Date.now } = {}) {
    if (!(max > 0)) throw new RangeError('max must be positive');
    this.max = max;
    this.maxAge = maxAge;
    this.now = now;
  }

  get size() {
    return this.#entries.size;
  }

  get(key) {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    if (entry.expires <= this.now()) {
      this.#entries.delete(key);
      return undefined;
    }
    return entry.value;
  }

  set(key, value) {
    this.#entries.delete(key);
    this.#entries.set(key, { value, expires: this.now() + this.maxAge });
    if (this.#entries.size > this.max) {
      this.#entries.delete(this.#entries.keys().next().value);
    }
    return this;
  }

  delete(key) {
    return this.#entries.delete(key);
  }
}

export class Limiter {
  #hits = new Map();

  constructor({ limit = 5, windowMs = 1000, now = Date.now } = {}) {
    this.limit = limit;
    this.windowMs = windowMs;
    this.now = now;
  }

  allow(key) {
    const t = this.now();
    const fresh = (this.#hits.get(key) ?? []).filter((h) => t - h < this.windowMs);
    if (fresh.length >= this.limit) {
      this.#hits.set(key, fresh);
      return false;
    }
    fresh.push(t);
    this.#hits.set(key, fresh);
    return true;
  }
}

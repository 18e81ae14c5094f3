export class Cache {
  #values = new Map();

  constructor(load) {
    this.load = load;
  }

  async get(key) {
    if (!this.#values.has(key)) this.#values.set(key, await this.load(key));
    return this.#values.get(key);
  }
}

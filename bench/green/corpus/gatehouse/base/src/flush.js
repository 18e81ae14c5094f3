// Collects audit records and writes them in batches.
export class AuditBuffer {
  #pending = [];

  constructor(write, size = 10) {
    this.write = write;
    this.size = size;
  }

  async add(record) {
    this.#pending.push(record);
    if (this.#pending.length >= this.size) await this.flush();
  }

  async flush() {
    const batch = this.#pending;
    this.#pending = [];
    if (batch.length) await this.write(batch);
  }
}

import { readFile } from 'node:fs/promises';
import type { Flags } from './rules.ts';

export interface StoreOptions {
  maxAgeMs?: number;
  now?: () => number;
}

function check(data: any): Flags {
  for (const [name, flag] of Object.entries<any>(data)) {
    if (typeof flag.on !== 'boolean') throw new TypeError(name + '.on must be true or false');
  }
  return data;
}

export class FlagStore {
  reads = 0;
  readonly #file: string;
  readonly #options: Required<StoreOptions>;
  #cached: Flags | undefined;
  #readAt: number | undefined;

  constructor(file: string, { maxAgeMs = 60_000, now = Date.now }: StoreOptions = {}) {
    this.#file = file;
    this.#options = { maxAgeMs, now };
  }

  async load(): Promise<Flags> {
    const { now, maxAgeMs } = this.#options;
    if (this.#cached && now() - this.#readAt! < maxAgeMs) return this.#cached;
    this.reads++;
    this.#cached = check(JSON.parse(await readFile(this.#file, 'utf8')));
    this.#readAt = now();
    return this.#cached;
  }
}

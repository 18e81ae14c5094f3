import { type Context, isOn } from './rules.ts';
import type { FlagStore } from './store.ts';

export class UnknownFlag extends Error {
  override name = 'UnknownFlag';
}

export class Client {
  readonly #store: Pick<FlagStore, 'load'>;

  constructor(store: Pick<FlagStore, 'load'>) {
    this.#store = store;
  }

  async isOn(name: string, context: Context): Promise<boolean> {
    const flag = (await this.#store.load())[name];
    if (!flag) throw new UnknownFlag(name);
    return isOn(name, flag, context);
  }
}

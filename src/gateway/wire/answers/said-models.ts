// The models that an answer names: behind an alias, another model may answer than the one that was asked for.
import { modelOf } from '../read-body.ts';

/** An answer names one model, or an alias first and its model later. */
const namesMax = 32;
const nameCharsMax = 200;

export class SaidModels {
  readonly #names: string[] = [];

  take(said: unknown): void {
    const name = typeof said === 'string' ? nameOf(said) : null;
    if (name === null || this.#names.length >= namesMax || this.#names.includes(name)) return;
    this.#names.push(name);
  }

  /** Without repetition, in the order in which they were named. */
  get names(): readonly string[] {
    return this.#names;
  }
}

/** Something else than a name is a model too, which nobody knows. */
function nameOf(said: string): string | null {
  if (said.trim() === '') return null;
  return modelOf(said) ?? said.slice(0, nameCharsMax).replace(/[^\x21-\x7e]/g, '_');
}

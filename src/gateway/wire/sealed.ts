// What a model has thought may come in a form that only its provider can read. Its bytes say nothing of its tokens: a few of
// them may stand for a long thought. What has been seen in an answer has no more tokens than that answer; anything else is
// of unknown size (R-BUD-2).
import { hash } from 'node:crypto';
import { memberOf } from './json-value.ts';

/** Members of a block or an item. */
const members = ['data', 'signature', 'encrypted_content'];

function textOf(block: unknown): string {
  return members
    .map((name) => memberOf(block, name))
    .filter((value) => typeof value === 'string')
    .join('');
}

const hashOf = (text: string) => hash('sha256', text);

/** The hashes of what is sealed in these blocks; one that is there twice is read twice. */
export function sealedIn(blocks: readonly unknown[]): string[] {
  return blocks
    .map(textOf)
    .filter((text) => text !== '')
    .map(hashOf);
}

/** More of them in one answer are not remembered. */
const hashesMax = 1_000;

/** Collects the hashes of what an answer has sealed, block by block. */
export class SealedBlocks {
  readonly #hashes: string[] = [];
  #open = '';

  /** A block, or a piece of it. */
  add(piece: unknown): void {
    this.#open += textOf(piece);
  }

  close(): void {
    if (this.#open !== '' && this.#hashes.length < hashesMax) this.#hashes.push(hashOf(this.#open));
    this.#open = '';
  }

  get hashes(): readonly string[] {
    this.close();
    return this.#hashes;
  }
}

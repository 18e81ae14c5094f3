import { InvalidArgumentError } from 'commander';

/** As over HTTP. */
const nameCharsMax = 200;

/** For an option that names something. */
export function parseName(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It must not be empty.');
  if (text.length <= nameCharsMax) return text;
  throw new InvalidArgumentError(`It has ${text.length} characters; the limit is ${nameCharsMax}.`);
}

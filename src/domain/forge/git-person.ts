// Names and addresses that are safe in commits and trailers: they contain no line end and no second address. Pure.
import { visibleLine } from '../text/visible-text.ts';

export interface GitPerson {
  name: string;
  email: string;
}

const nameCharsMax = 100;
/** Accepts `7+moose[bot]@users.noreply.github.com`. */
const address = /^[A-Za-z0-9][\w.+[\]-]{0,99}@[A-Za-z0-9][A-Za-z0-9.-]{0,199}$/;

/** Null if the address is not one: an address is never invented. */
export function gitPerson({ name, email }: GitPerson): GitPerson | null {
  if (!address.test(email)) return null;
  const line = visibleLine(name.toWellFormed()).replace(/[<>"\\]/g, '');
  const shown = [...line].slice(0, nameCharsMax).join('').trim();
  // git refuses a name that is only punctuation.
  return { name: /[\p{L}\p{N}]/u.test(shown) ? shown : email.slice(0, email.indexOf('@')), email };
}

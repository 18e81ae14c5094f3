import type { PermanentError } from '../../domain/failure.ts';
import { gitFailures } from '../failure-catalogue.ts';

/** Only branches of work orders have this prefix. */
export const branchPrefix = 'moose/';

const maxSlugLength = 40;
/**
 * A branch is a file name in git's directory, with `.lock` appended while it is updated; file names have at most 255
 * bytes.
 */
const maxBranchNameBytes = 240;
const shortIdPattern = /^[A-Za-z0-9]{1,40}$/;

/** `moose/<short id>-<slug of the title>`; without the slug if the title has no ASCII letter or digit. */
export function branchName(shortId: string, title: string): string {
  if (!shortIdPattern.test(shortId)) throw invalid(shortId, 'the short id must be letters and digits');
  const slug = title
    .slice(0, 1_000)
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, maxSlugLength)
    .replace(/-+$/, '');
  return slug === '' ? `${branchPrefix}${shortId}` : `${branchPrefix}${shortId}-${slug}`;
}

/**
 * Refuses what git-check-ref-format(1) refuses, and also: a leading `-` (an option), `HEAD`, `@`, a name that is too
 * long for a file, and invalid Unicode.
 */
export function assertBranchName(name: string): void {
  const fault = branchNameFault(name);
  if (fault !== null) throw invalid(name, fault);
}

function branchNameFault(name: string): string | null {
  if (name === '') return 'it is empty';
  if (name.startsWith('-')) return 'it begins with "-"';
  if (name === 'HEAD' || name === '@') return 'git gives this name a special meaning';
  if (Buffer.byteLength(name) > maxBranchNameBytes) return `it is longer than ${maxBranchNameBytes} bytes`;
  if (!name.isWellFormed()) return 'it is not valid Unicode';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u0020\u007f~^:?*[\\]/.test(name))
    return 'it contains a space, a control character or one of ~^:?*[\\';
  if (name.includes('..') || name.includes('@{')) return 'it contains ".." or "@{"';
  if (name.endsWith('.')) return 'it ends with "."';
  for (const part of name.split('/')) {
    if (part === '') return 'it begins or ends with "/", or has two of them in a row';
    if (part.startsWith('.')) return 'a part of it begins with "."';
    if (part.endsWith('.lock')) return 'a part of it ends with ".lock"';
  }
  return null;
}

function invalid(name: string, fault: string): PermanentError {
  return gitFailures.BRANCH_NAME_INVALID('check branch name', {
    name: JSON.stringify(name.slice(0, 120)),
    fault,
  });
}

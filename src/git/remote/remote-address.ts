// The address of a project's remote, as people write it: validated, without credentials, and in one form for all
// spellings of the same address.

import type { PermanentError } from '../../domain/failure.ts';
import { redact } from '../../domain/text/redact.ts';
import { decoded } from '../../stdx/text/decoded.ts';
import { gitFailures } from '../failure-catalogue.ts';
import { assertRemoteUrl } from './remote-url.ts';

export interface RemoteAddress {
  /** The address in one form for every spelling, so that two addresses of one project are equal. */
  url: string;
  /**
   * The address as given, without credentials, for calls of git. A server may not know the repository under the other
   * form.
   */
  address: string;
  /** The repository's own name: the last part of the path. */
  name: string;
}

type Scheme = 'https' | 'http' | 'ssh' | 'file';

const schemes = new Set(['https', 'http', 'ssh', 'file']);
const defaultPorts: Readonly<Record<Scheme, string>> = { https: '443', http: '80', ssh: '22', file: '' };
/** A longer user name is a token. */
const userCharsMax = 20;
const userPattern = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;
const hostPattern = /^(?:\[[0-9a-f:.]+\]|[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?)$/;

/** `user@host:path` or `host:path`, without a `/` before the first colon; a single letter is a Windows drive. */
const scpPattern = /^(?:([^@/:]*)@)?(\[[^\]/]+\]|[^@/:[\]]{2,}):(?!\/\/)(.*)$/s;

/** Whether the text is an address of a remote and not a path on this machine; it may still be refused. */
export function isRemoteAddress(text: string): boolean {
  return (
    /^[A-Za-z][A-Za-z0-9+.-]*::?\/\//.test(text) || /^[A-Za-z0-9+.-]+::/.test(text) || scpPattern.test(text)
  );
}

/** @throws REMOTE_URL_INVALID, REMOTE_URL_HAS_SECRET, REMOTE_INVALID */
export function readRemoteAddress(given: string): RemoteAddress {
  const text = given.trim();
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(text)) throw invalid(text, 'it contains a control character');
  assertRemoteUrl(text);
  const parts = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(text) ? urlParts(text) : scpParts(text);
  const { scheme, user, host, port, path } = parts;
  if (scheme !== 'file' && !hostPattern.test(host)) throw invalid(text, 'its host is not a valid name');
  if (user !== '' && !userPattern.test(user)) throw invalid(text, 'its user is not a valid name');
  const plain = plainPath(path);
  const name = plain.split('/').at(-1) ?? '';
  if (name === '' || name === '~') throw invalid(text, 'it names no repository');
  // Over HTTP, git asks its credential helper for the user.
  const who = user === '' || scheme !== 'ssh' ? '' : `${user}@`;
  const where = `${host}${port === '' || port === defaultPorts[scheme] ? '' : `:${port}`}`;
  const url = `${scheme}://${who}${where}${plain}`;
  // Reading a URL rewrites a Windows drive letter, for instance.
  if (URL.parse(url)?.pathname !== plain)
    throw invalid(text, 'its path changes when the address is read again');
  return {
    url,
    address: parts.isScp ? text : `${scheme}://${who}${where}${path}`,
    name: decoded(name),
  };
}

interface Parts {
  scheme: Scheme;
  user: string;
  host: string;
  port: string;
  /** Starts with a slash. */
  path: string;
  isScp?: boolean;
}

function urlParts(text: string): Parts {
  const scheme = text.slice(0, text.indexOf(':')).toLowerCase();
  if (!isScheme(scheme)) throw invalid(text, `Moose does not know the protocol "${scheme}"`);
  const url = URL.parse(text);
  if (url === null) throw invalid(text, 'it is not a URL');
  if (url.password !== '') throw hasSecret(text);
  // A token may also be given as the user.
  const user = decoded(url.username);
  if (scheme !== 'ssh' && (user.length > userCharsMax || redact(user) !== user)) throw hasSecret(text);
  if (url.search !== '' || url.hash !== '') throw invalid(text, 'it has a "?" or "#" part');
  const host = url.hostname.toLowerCase();
  if (scheme === 'file' && host !== '' && host !== 'localhost')
    throw invalid(text, 'a file URL cannot name another machine');
  return { scheme, user, host: scheme === 'file' ? '' : host, port: url.port, path: url.pathname };
}

/** The path is relative to the user's home, as in ssh. For a forge's user `git`, both forms are the same repository. */
function scpParts(text: string): Parts {
  const [, user = '', host = '', rest = ''] = scpPattern.exec(text) ?? [];
  if (host === '') throw invalid(text, 'it is neither a URL nor of the form user@host:path');
  // A URL without its scheme, such as `user:password@host/path`.
  if (/^[^/]*@/.test(rest)) throw hasSecret(text);
  const isAbsolute = rest.startsWith('/') || user === 'git';
  const path = rest.startsWith('~') || !isAbsolute ? `/~/${rest.replace(/^~\//, '')}` : rest;
  if (path.split('/').includes('..')) throw invalid(text, 'its path has a ".." part');
  return {
    scheme: 'ssh',
    user,
    host: host.toLowerCase(),
    port: '',
    isScp: true,
    path: pathOfUrl(path.startsWith('/') ? path : `/${path}`),
  };
}

/** The path as a URL writes it: in the short form, `%`, `?` and `#` have no special meaning. */
function pathOfUrl(path: string): string {
  const escaped = path.replace(/[%?#]/g, encodeURIComponent);
  return new URL(`ssh://host${escaped}`).pathname;
}

function isScheme(scheme: string): scheme is Scheme {
  return schemes.has(scheme);
}

/** Without double or trailing slashes, and without `.git`. */
function plainPath(path: string): string {
  const single = path.replace(/\/{2,}/g, '/').replace(/\/$/, '');
  const plain = single.replace(/(?:\.git)+$/, '');
  return plain === '' || /(?:^|\/)\.{0,2}$/.test(plain) ? single : plain;
}

const fields = { operation: 'read address' };

function invalid(text: string, fault: string): PermanentError {
  return gitFailures.REMOTE_URL_INVALID(fields, { text: JSON.stringify(shown(text)), fault });
}

function hasSecret(text: string): PermanentError {
  return gitFailures.REMOTE_URL_HAS_SECRET(fields, { text: JSON.stringify(shown(text)) });
}

/** For a log or a message: nothing before the last `@` is shown, even if the address is invalid. */
export function shownAddress(text: string): string {
  return /^[/.]/.test(text) ? text : text.replace(/^\s*([a-z][a-z0-9+.-]*:\/\/)?.*@/is, '$1***@');
}

function shown(text: string): string {
  return redact(shownAddress(text)).slice(0, 200);
}

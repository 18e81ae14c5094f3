// Serves the pages of the web app: only files of the build, and nothing else on disk. The list of files is read once; a
// path is a name in that list, never a path in the file system.
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { hasErrorCode } from '../../stdx/system-error.ts';
import { isCompressible, typeOf } from './web-types.ts';

export interface WebPages {
  /** Null if there is no such page. */
  answer(path: string, headers: Headers): Promise<Response | null>;
}

interface Page {
  etag: string;
  bodies: Map<Encoding, Promise<Buffer>>;
}
interface Build {
  changedMs: number;
  names: ReadonlySet<string>;
  pages: Map<string, Promise<Page>>;
}
type Encoding = 'br' | 'gzip' | 'identity';

const filesMax = 2_000;
const compressedFrom = 1_024;
/** Higher levels take ten times as long for a few percent. */
const brotliQuality = 6;
/** A URL path that belongs to the app rather than to a file. */
const clientRoute = /^\/[\w~@:+/-]*$/;
const indexName = 'index.html';
const compress = {
  br: (bytes: Buffer) =>
    promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: brotliQuality } }),
  gzip: (bytes: Buffer) => promisify(gzip)(bytes),
  identity: async (bytes: Buffer) => bytes,
};

export const pageHeaders: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; object-src 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** @param directory - the build's folder; it may appear, disappear and change at any time */
export function createWebPages(directory: string): WebPages {
  let kept: Build | null = null;
  const build = async (): Promise<Build | null> => {
    const changedMs = await changedAtMs(join(directory, indexName));
    if (changedMs === null) kept = null;
    else if (kept?.changedMs !== changedMs)
      kept = { changedMs, names: await namesIn(directory), pages: new Map() };
    return kept;
  };
  return {
    async answer(path, headers) {
      const isRoute = clientRoute.test(path) && takesPages(path, headers.get('accept') ?? '');
      // Files with a hash in their name never change, so the disk is not checked for them.
      const current = kept?.names.has(path) && path.startsWith('/assets/') ? kept : await build();
      if (current === null) return isRoute ? notBuilt() : null;
      const name = current.names.has(path) ? path : isRoute ? `/${indexName}` : null;
      return name === null ? null : pageAnswer(directory, current, name, headers);
    },
  };
}

/** At the address itself also for programs that take whatever there is, such as curl. */
function takesPages(path: string, accept: string): boolean {
  return accept.includes('text/html') || (path === '/' && (accept === '' || accept.includes('*/*')));
}

async function pageAnswer(
  directory: string,
  build: Build,
  name: string,
  headers: Headers,
): Promise<Response> {
  const page = build.pages.get(name) ?? readPage(join(directory, name));
  build.pages.set(name, page);
  const { etag, bodies } = await page.catch((cause: unknown) => {
    // A missing file may exist next time.
    build.pages.delete(name);
    throw cause;
  });
  const identity = await bodies.get('identity');
  const encoding =
    isCompressible(name) && (identity?.length ?? 0) >= compressedFrom ? accepted(headers) : 'identity';
  const tag = `"${etag}-${encoding}"`;
  const told = {
    ...pageHeaders,
    'content-type': typeOf(name),
    'cache-control': name.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    vary: 'accept-encoding',
    etag: tag,
    ...(encoding === 'identity' ? {} : { 'content-encoding': encoding }),
  };
  const known = (headers.get('if-none-match') ?? '')
    .split(',')
    .map((each) => each.trim().replace(/^W\//, ''));
  if (known.includes(tag) || known.includes('*')) return new Response(null, { status: 304, headers: told });
  const body = bodies.get(encoding) ?? compress[encoding](identity ?? Buffer.alloc(0));
  bodies.set(encoding, body);
  return new Response(new Uint8Array(await body), { headers: told });
}

async function readPage(path: string): Promise<Page> {
  const bytes = await readFile(path);
  const etag = createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
  return { etag, bodies: new Map([['identity', Promise.resolve(bytes)]]) };
}

/** Links are skipped: their targets were not built. */
async function namesIn(directory: string): Promise<Set<string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && extname(entry.name) !== '').slice(0, filesMax);
  return new Set(
    files.map((file) => `/${relative(directory, join(file.parentPath, file.name)).split(sep).join('/')}`),
  );
}

/** Null if the file does not exist. */
async function changedAtMs(path: string): Promise<number | null> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (cause) {
    if (hasErrorCode(cause, 'ENOENT')) return null;
    throw cause;
  }
}

function accepted(headers: Headers): Encoding {
  const names = (headers.get('accept-encoding') ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter((each) => !/;\s*q=0(\.0*)?$/.test(each))
    .map((each) => each.replace(/;.*$/, ''));
  return (['br', 'gzip'] as const).find((each) => names.includes(each)) ?? 'identity';
}

function notBuilt(): Response {
  return new Response(
    '<!doctype html><html lang="en"><title>Moose</title><h1>The pages are not built yet</h1><p>Run <code>npm run build</code> where Moose is installed, and load this page again.</p></html>',
    {
      status: 503,
      headers: { ...pageHeaders, 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' },
    },
  );
}

// The content type of a web app file, by its extension.
import { extname } from 'node:path';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};
const packedAlready = new Set(['.png', '.woff2']);

export function typeOf(name: string): string {
  return types[extname(name)] ?? 'application/octet-stream';
}

export function isCompressible(name: string): boolean {
  return extname(name) in types && !packedAlready.has(extname(name));
}

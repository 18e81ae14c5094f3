import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Document {
  /** The path relative to the root. */
  path: string;
  text: string;
}

/** The Markdown files at the root and below `docs`. */
export function readDocuments(rootPath: string): Document[] {
  const atRoot = readdirSync(rootPath);
  const inDocs = readdirSync(join(rootPath, 'docs'), { recursive: true, encoding: 'utf8' });
  return [...atRoot, ...inDocs.map((name) => join('docs', name))]
    .filter((path) => path.endsWith('.md'))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(rootPath, path), 'utf8') }));
}

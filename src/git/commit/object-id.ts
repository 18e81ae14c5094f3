import { createHash } from 'node:crypto';

/** The hash that git gives a file with this content, in a repository whose commits have hashes like `commit`. */
export function blobIdOf(content: Buffer, commit: string): string {
  const algorithm = commit.length === sha256Chars ? 'sha256' : 'sha1';
  return createHash(algorithm).update(`blob ${content.length}\0`).update(content).digest('hex');
}

const sha256Chars = 64;

/** The option of git for a repository or pack with objects like this one: git does not convert between formats. */
export function objectFormat(id: string): string {
  return `--object-format=${id.length === sha256Chars ? 'sha256' : 'sha1'}`;
}

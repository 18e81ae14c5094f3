import { createHash } from 'node:crypto';

/** The hash that git gives a file with this content, in a repository whose commits have hashes like `commit`. */
export function blobIdOf(content: Buffer, commit: string): string {
  const algorithm = commit.length === sha256Chars ? 'sha256' : 'sha1';
  return createHash(algorithm).update(`blob ${content.length}\0`).update(content).digest('hex');
}

const sha256Chars = 64;

// Which files of a checkout become pages of the site: those listed here, and nothing that a command has left beside them.
import { readdirSync } from 'node:fs';

const published: ReadonlySet<string> = new Set([
  'docs',
  'examples',
  'ARCHITECTURE.md',
  'CHANGELOG.md',
  'CODE_OF_CONDUCT.md',
  'CONTRIBUTING.md',
  'README.md',
  'SECURITY.md',
]);

/** Patterns of everything else in the folder. */
export function notPages(rootPath: string): string[] {
  return readdirSync(rootPath, { withFileTypes: true })
    .filter(({ name }) => !published.has(name))
    .map((entry) => (entry.isDirectory() ? `${entry.name}/**` : entry.name));
}

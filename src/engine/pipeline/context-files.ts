// Which files of a repository a model is shown: those that the task speaks of first, then small ones, up to a limit.
import type { TreeFile } from '../../git/tree.ts';

/** A larger file is named, not shown: it would crowd out all others. */
const fileBytesMax = 60_000;
const listedPathsMax = 400;
/** Files that are machines' business. */
const unreadable =
  /(^|\/)(package-lock\.json|pnpm-lock\.yaml|yarn\.lock|Cargo\.lock|go\.sum|poetry\.lock)$|\.(png|jpe?g|gif|webp|ico|pdf|zip|gz|tgz|woff2?|ttf|mp4|wasm|map|min\.js)$/i;

/** Paths in the order in which they deserve to be shown. Pure. */
export function rankFiles(files: readonly TreeFile[], text: string): string[] {
  const lower = text.toLowerCase();
  const words = new Set(lower.match(/[a-z][a-z0-9_]{2,}/g) ?? []);
  const scored = files
    .filter(({ path, sizeBytes }) => sizeBytes <= fileBytesMax && !unreadable.test(path))
    .map((file) => ({ file, score: scoreOf(file.path, lower, words) }));
  scored.sort(
    (a, b) =>
      b.score - a.score || a.file.sizeBytes - b.file.sizeBytes || (a.file.path < b.file.path ? -1 : 1),
  );
  return scored.map(({ file }) => file.path);
}

function scoreOf(path: string, text: string, words: ReadonlySet<string>): number {
  const lower = path.toLowerCase();
  const name = lower.slice(lower.lastIndexOf('/') + 1);
  const stem = name.replace(/\.[^.]*$/, '');
  let score = 0;
  if (text.includes(lower)) score += 100;
  else if (text.includes(name)) score += 50;
  if (words.has(stem)) score += 20;
  for (const part of lower.split(/[^a-z0-9]+/)) if (part.length > 2 && words.has(part)) score += 3;
  if (name === 'package.json' || name === 'readme.md' || name === 'agents.md' || name === 'claude.md')
    score += 2;
  return score;
}

/** Takes files in order while they fit. */
export function fitFiles(
  paths: readonly string[],
  contents: ReadonlyMap<string, string>,
  charsMax: number,
): Map<string, string> {
  const shown = new Map<string, string>();
  let chars = 0;
  for (const path of paths) {
    const content = contents.get(path);
    if (content === undefined || chars + content.length > charsMax) continue;
    shown.set(path, content);
    chars += content.length;
  }
  return shown;
}

export function listing(files: readonly TreeFile[]): string {
  const paths = files.map(({ path }) => path);
  const shown = paths.slice(0, listedPathsMax).join('\n');
  return paths.length > listedPathsMax ? `${shown}\n… and ${paths.length - listedPathsMax} more` : shown;
}

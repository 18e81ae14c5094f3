// Attributes by which files disappear from diffs and reviews, and results of tools that a change brings along
// (R-GREEN-5).
import type { Finding } from '../../domain/work-order/finding.ts';
import { addedLines } from '../changed-file.ts';
import { isKeptResult, judgingKind } from '../judging-files.ts';
import type { DiffReading } from './read-diff.ts';

const hiding =
  /(?:^|\s)(?:-diff|binary|diff=\S+|-text|-merge|merge=ours|(?:gitlab|linguist)-(?:generated|vendored|documentation)(?:=true)?|export-ignore|filter=\S+|-whitespace)(?=\s|$)/;
/** What people expect to be hidden: made by tools, or no text. */
const made =
  /^(?:\*\*?\/)?(?:[^\s]*(?:dist|build|vendor|generated|gen|node_modules|third_party|snapshots?)\/|\*?[^\s]*(?:\.(?:lock|min\.\w+|pb\.\w+|map|png|jpe?g|gif|pdf|zip|ico|woff2?|bin|wasm|gz|sum|svg|snap|psd|mp4|onnx|parquet|sh|bat|ps1)|-lock\.\w+|lock\.json|_pb2\.py|\.g\.\w+)(?:\s|$))/i;

export function hiddenFiles({ files, task }: DiffReading): Finding[] {
  const findings: Finding[] = [];
  for (const file of files.filter(({ path }) => judgingKind(path) === 'hiding')) {
    const lines = addedLines(file).filter(({ text }) => hiding.test(text) && !text.trim().startsWith('#'));
    const hidden = lines.filter(({ text }) => !made.test(text.trim()));
    if (hidden.length === 0) continue;
    findings.push({
      weight: task.asksForConfiguration(file.path) ? 'tells' : 'refuses',
      kind: 'hidden_from_diff',
      text: `Attributes hide files from diffs and reviews: ${hidden.map(({ line, text }) => `${file.path}:${line} \`${text.trim().slice(0, 100)}\``).join('; ')}.`,
      files: [file.path],
      tests: [],
    });
  }
  const brought = files.filter(({ path, status }) => status === 'added' && isKeptResult(path));
  if (brought.length > 0)
    findings.push({
      // Checks run again without them.
      weight: 'tells',
      kind: 'from_cache',
      text: `The change brings results or caches of tools: ${brought
        .map(({ path }) => path)
        .slice(0, 10)
        .join(', ')}.`,
      files: brought.map(({ path }) => path),
      tests: [],
    });
  return findings;
}

// Attributes by which files disappear from diffs and reviews (R-GREEN-5). Pure.
import type { Finding } from '../../domain/work-order/finding.ts';
import { addedLines, type ChangedFile } from '../changed-file.ts';

const hiding =
  /(?:^|\s)(?:-diff|binary|diff=\S+|(?:gitlab|linguist)-(?:generated|vendored|documentation)(?:=true)?|filter=\S+)(?=\s|$)/;
/** What people expect to be hidden: made by tools, or no text. */
const made =
  /^(?:\*\*?\/)?(?:[^\s]*(?:dist|build|vendor|generated|gen|node_modules|third_party|snapshots?)\/|\*?[^\s]*(?:\.(?:lock|min\.\w+|pb\.\w+|map|png|jpe?g|gif|pdf|zip|ico|woff2?|bin|wasm|gz|sum|svg|snap|psd|mp4|onnx|parquet|sh|bat|ps1)|-lock\.\w+|lock\.json|_pb2\.py|\.g\.\w+)(?:\s|$))/i;

export function hiddenFiles(files: readonly ChangedFile[], isAsked: (path: string) => boolean): Finding[] {
  return files.flatMap((file): Finding[] => {
    if (!/(?:^|\/)\.gitattributes$/.test(file.path)) return [];
    const hidden = addedLines(file).filter(
      ({ text }) => hiding.test(text) && !text.trim().startsWith('#') && !made.test(text.trim()),
    );
    if (hidden.length === 0) return [];
    const lines = hidden.map(({ line, text }) => `${file.path}:${line} \`${text.trim().slice(0, 100)}\``);
    return [
      {
        weight: isAsked(file.path) ? 'tells' : 'refuses',
        kind: 'hidden_from_diff',
        text: `Attributes hide files from diffs and reviews: ${lines.join('; ')}.`,
        files: [file.path],
        tests: [],
      },
    ];
  });
}

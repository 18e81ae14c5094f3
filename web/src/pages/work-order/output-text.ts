// The end of a session's output, in blocks of whole lines. The visible part is limited, however much arrives.
import { plainText } from '../../parts/plain-text.ts';

export const outputLimits = {
  shownCharsMax: 512 * 1024,
  blockCharsMax: 16 * 1024,
  lineCharsMax: 64 * 1024,
} as const;

export interface OutputBlock {
  /** Position among all blocks, including dropped ones. */
  number: number;
  text: string;
}

export interface OutputText {
  blocks: readonly OutputBlock[];
  /** The unfinished last line. */
  rest: string;
  chars: number;
  /** Output before the first block was dropped. */
  isCut: boolean;
}

export const noOutput: OutputText = { blocks: [], rest: '', chars: 0, isCut: false };

export function appendOutput(before: OutputText, text: string): OutputText {
  const all = before.rest + text;
  const lineEnd = all.lastIndexOf('\n') + 1;
  const end = all.length - lineEnd > outputLimits.lineCharsMax ? all.length : lineEnd;
  const blocks = [...before.blocks];
  let chars = before.chars;
  for (const piece of pieces(plainText(all.slice(0, end)))) {
    chars += piece.length;
    const last = blocks.at(-1);
    if (last && last.text.length + piece.length <= outputLimits.blockCharsMax) {
      blocks[blocks.length - 1] = { number: last.number, text: last.text + piece };
    } else {
      blocks.push({ number: (last?.number ?? -1) + 1, text: piece });
    }
  }
  let dropped = 0;
  while (chars > outputLimits.shownCharsMax && dropped < blocks.length - 1) {
    chars -= blocks[dropped]?.text.length ?? 0;
    dropped++;
  }
  return {
    blocks: blocks.slice(dropped),
    rest: all.slice(end),
    chars,
    isCut: before.isCut || dropped > 0,
  };
}

/** Pieces of at most one block, split at line ends if possible. */
function pieces(text: string): string[] {
  const found: string[] = [];
  for (let from = 0; from < text.length; ) {
    const most = from + outputLimits.blockCharsMax;
    const lineEnd = most >= text.length ? text.length : text.lastIndexOf('\n', most - 1) + 1;
    const to = lineEnd > from ? lineEnd : Math.min(most, text.length);
    found.push(text.slice(from, to));
    from = to;
  }
  return found;
}

export function wholeText({ blocks, rest }: OutputText): string {
  return blocks.map(({ text }) => text).join('') + plainText(rest);
}

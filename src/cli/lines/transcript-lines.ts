// Prints what an agent says and does, part by part as it arrives: a line for each call of a tool, with what it printed folded.
import { type CalledTool, Transcript } from '../../domain/agents/transcript.ts';
import type { TranscriptPart } from '../../domain/agents/transcript-part.ts';
import { counted } from '../../domain/text/counted.ts';
import { paint } from '../terminal/printer.ts';

/** Of what a failed command printed, its end is shown; of an edit, its beginning. */
const outputLinesMax = 12;
const changeLinesMax = 20;

export class TranscriptLines {
  readonly #transcript = new Transcript();
  #turnsShown = 0;
  /** What is said of a line that is not whole yet. */
  #words = '';

  add(part: TranscriptPart): string[] {
    const before = part.kind === 'said' && part.piece ? [] : this.end();
    this.#transcript.add(part);
    const lines = this.#linesOf(part);
    return [...before, ...(lines.length > 0 ? this.#heading() : []), ...lines];
  }

  /** What was said last, if its line has not ended. */
  end(): string[] {
    const words = this.#words.trimEnd();
    this.#words = '';
    return words === '' ? [] : [words];
  }

  #heading(): string[] {
    const turn = this.#transcript.turns.at(-1);
    if (turn === undefined || turn.number <= this.#turnsShown) return [];
    this.#turnsShown = turn.number;
    return [paint('bold', `turn ${turn.number}${tokensText(turn)}`)];
  }

  #linesOf(part: TranscriptPart): string[] {
    switch (part.kind) {
      case 'said':
        return this.#spoken(part.piece ? part.text : `${part.text}\n`);
      case 'told':
        return part.text.split('\n').map((line) => paint(part.failed ? 'red' : 'gray', line));
      case 'printed':
        return [part.text];
      case 'call':
        return part.title === '' ? [] : [paint('cyan', part.title), ...changeLines(part.change)];
      case 'answer':
        return answerLines(part, this.#callOf(part.id));
      default:
        return [];
    }
  }

  #spoken(text: string): string[] {
    const lines = (this.#words + text).split('\n');
    this.#words = lines.pop() ?? '';
    return lines.filter((line) => line.trim() !== '');
  }

  #callOf(id: string | null): CalledTool | undefined {
    const calls = this.#transcript.turns
      .slice(-2)
      .flatMap(({ entries }) => entries.filter((entry) => entry.kind === 'call'));
    return calls.findLast((call) => call.id === id);
  }
}

export function tokensText({ input, output }: { input: number | null; output: number | null }): string {
  const counts = [
    ...(input === null ? [] : [`${input.toLocaleString('en')} tokens in`]),
    ...(output === null ? [] : [`${output.toLocaleString('en')} out`]),
  ];
  return counts.length === 0 ? '' : ` · ${counts.join(', ')}`;
}

function changeLines(change: string | null): string[] {
  if (change === null) return [];
  const lines = change.split('\n');
  const shown = lines.slice(0, changeLinesMax).map((line) => {
    if (line.startsWith('+')) return paint('green', `  ${line}`);
    return line.startsWith('-') ? paint('red', `  ${line}`) : `  ${line}`;
  });
  return [...shown, ...moreLines(lines.length - shown.length)];
}

function answerLines(
  { text, exit, failed }: Extract<TranscriptPart, { kind: 'answer' }>,
  call: CalledTool | undefined,
): string[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const count = counted(lines.length, 'line');
  if (!failed) {
    if (call?.tool !== 'run') return [];
    return [paint('gray', `  ${exit === null ? '' : `exit code ${exit}, `}${count}`)];
  }
  const shown = lines.slice(-outputLinesMax);
  return [
    paint(
      'red',
      `  ${exit === null ? 'failed' : `exit code ${exit}`}${lines.length > shown.length ? `, the end of ${count}` : ''}`,
    ),
    ...shown.map((line) => paint('gray', `  ${line}`)),
  ];
}

function moreLines(count: number): string[] {
  return count > 0 ? [paint('gray', `  … and ${counted(count, 'more line')}`)] : [];
}

// Lines at the bottom of a terminal that change in place. What the process prints meanwhile appears above them, and stays.
// The cursor is never hidden and rests below the lines, so that a killed process leaves a usable terminal.
import { cutToWidth, displayWidth } from './display-width.ts';
import { type Printer, shown } from './printer.ts';

export interface Room {
  columns: number;
  /** Infinity for the last state: it may scroll. */
  rows: number;
}

export interface LiveLines {
  /** Draws them once more, with the room that the terminal then has, and leaves them there. */
  close(): void;
}

type Terminal = Pick<NodeJS.WriteStream, 'write' | 'columns' | 'rows' | 'on' | 'off'>;

const redrawEveryMs = 100;
const eraseBelow = '\u001b[J';
/** For a terminal that does not tell its size. */
const usualSize = { columns: 80, rows: 24 };

/** Whether a person watches: standard output and standard error are terminals. */
export function canBeLive({ isTerminal, isJson }: Printer): boolean {
  return isTerminal && !isJson && process.stderr.isTTY === true;
}

/** Calls `draw` ten times a second, and when the size of the terminal changes. Cuts lines that are too long. */
export function openLiveLines(terminal: Terminal, draw: (room: Room) => readonly string[]): LiveLines {
  const write = terminal.write;
  const put = (text: string) => write.call(terminal, text);
  let before: readonly string[] = [];
  let columnsBefore = 0;
  let unfinished = '';
  const size = () => ({
    columns: terminal.columns || usualSize.columns,
    rows: terminal.rows || usualSize.rows,
  });
  const redraw = (above = '', rows = size().rows - 1) => {
    const { columns } = size();
    const room = { columns: columns - 1, rows };
    const lines = draw(room).map((line) => cutToWidth(shown(line), room.columns));
    if (above === '' && lines.join('\n') === before.join('\n')) return;
    put(frameOf({ before, above, lines, columns, isResized: columns !== columnsBefore }));
    before = lines;
    columnsBefore = columns;
  };
  const onResize = () => redraw();
  terminal.on('resize', onResize);
  const timer = setInterval(redraw, redrawEveryMs).unref();
  terminal.write = (chunk: Uint8Array | string, ...rest: unknown[]) => {
    const printed = unfinished + (typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
    const end = printed.lastIndexOf('\n') + 1;
    unfinished = printed.slice(end);
    if (end > 0) redraw(printed.slice(0, end));
    const onWritten = rest.find((one): one is () => void => typeof one === 'function');
    return write.call(terminal, '', 'utf8', onWritten);
  };
  redraw();
  return {
    close() {
      clearInterval(timer);
      terminal.off('resize', onResize);
      terminal.write = write;
      redraw(unfinished === '' ? '' : `${unfinished}\n`, Number.POSITIVE_INFINITY);
    },
  };
}

/**
 * The text that replaces the lines `before`, without a moment in which nothing is there. A terminal that became narrower
 * has wrapped them, and would join what is written there later: their rows are erased first. `above` ends with a line end.
 */
export function frameOf({
  before,
  above,
  lines,
  columns,
  isResized,
}: {
  before: readonly string[];
  above: string;
  lines: readonly string[];
  columns: number;
  isResized: boolean;
}): string {
  const rows = before.reduce((sum, line) => sum + Math.max(1, Math.ceil(displayWidth(line) / columns)), 0);
  const up = rows > 0 ? `\u001b[${rows}A` : '';
  const text = above + lines.map((line) => `${line}\n`).join('');
  return `\r${up}${isResized ? eraseBelow : ''}${text.replaceAll('\n', '\u001b[K\r\n')}${eraseBelow}`;
}

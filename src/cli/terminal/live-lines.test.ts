import { EventEmitter } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { frameOf, openLiveLines, type Room } from './live-lines.ts';

/** A terminal that keeps what is on it: enough of one for cursor movements up, line ends and erasing. */
class Screen extends EventEmitter {
  columns = 20;
  rows = 5;
  lines: string[] = [''];
  at = 0;

  write = (chunk: Uint8Array | string): boolean => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern looks for the escape character
    for (const [part] of String(chunk).matchAll(/\x1b\[\d*[A-Z]|\r|\n|[^\x1b\r\n]+/g)) this.take(part);
    return true;
  };

  private take(part: string): void {
    const [, count, move] = /\[(\d*)([A-Z])$/.exec(part) ?? [];
    if (part === '\n') {
      this.at += 1;
      this.lines[this.at] ??= '';
    } else if (move === 'A') this.at = Math.max(0, this.at - Number(count));
    else if (move === 'J') this.lines.splice(this.at, this.lines.length, '');
    else if (part !== '\r' && move === undefined) this.lines[this.at] = part;
  }
}

function live(draw: (room: Room) => readonly string[]) {
  const screen = new Screen();
  const lines = openLiveLines(screen as never, draw);
  onTestFinished(() => lines.close());
  return { screen, lines };
}

test('lines change in place, and what is printed meanwhile stays above them', () => {
  let now = ['one', 'two'];
  const { screen, lines } = live(() => now);
  expect(screen.lines).toEqual(['one', 'two', '']);
  screen.write('a note\nand ');
  expect(screen.lines).toEqual(['a note', 'one', 'two', '']);
  now = ['changed'];
  screen.write('its end\n');
  expect(screen.lines).toEqual(['a note', 'and its end', 'changed', '']);
  now = ['last', 'state'];
  lines.close();
  expect(screen.lines).toEqual(['a note', 'and its end', 'last', 'state', '']);
  screen.write('after');
  expect(screen.lines.at(-1)).toBe('after');
});

test('a line without an end is printed when the lines are closed', () => {
  const { screen, lines } = live(() => ['row']);
  screen.write('no line end');
  expect(screen.lines).toEqual(['row', '']);
  lines.close();
  expect(screen.lines).toEqual(['no line end', 'row', '']);
});

test('a resized terminal is drawn again with its room; the last state may be higher than the terminal', () => {
  const rooms: Room[] = [];
  const { screen, lines } = live((room) => {
    rooms.push(room);
    return [`${room.columns} × ${room.rows}`];
  });
  expect(rooms.at(-1)).toEqual({ columns: 19, rows: 4 });
  Object.assign(screen, { columns: 40, rows: 10 });
  screen.emit('resize');
  expect(screen.lines).toEqual(['39 × 9', '']);
  lines.close();
  expect(rooms.at(-1)).toEqual({ columns: 39, rows: Number.POSITIVE_INFINITY });
  expect(screen.listenerCount('resize')).toBe(0);
});

test('the fear: text of a program steers the terminal, or wraps a line', () => {
  const { screen } = live(() => ['\x1b[2Jhidden', 'a line that is much too long']);
  expect(screen.lines).toEqual(['[2Jhidden', 'a line that is muc…', '']);
});

test('a terminal that became narrower has wrapped the lines: the cursor goes up over all of their rows', () => {
  const before = ['x'.repeat(30), '', '修'.repeat(6)];
  const frame = frameOf({ before, above: '', lines: ['new'], columns: 10, isResized: true });
  expect(frame).toBe('\r\x1b[6A\x1b[Jnew\x1b[K\r\n\x1b[J');
});

// For tests: a person at the terminal.
import { PassThrough } from 'node:stream';
import { onTestFinished } from 'vitest';

/** Until the test ends, what is printed goes to a terminal, whose lines have an end. */
export function printsToTerminal(): void {
  const before = Object.getOwnPropertyDescriptor(process.stdout, 'isTTY');
  Object.defineProperty(process.stdout, 'isTTY', { value: true, configurable: true });
  onTestFinished(() => {
    if (before) Object.defineProperty(process.stdout, 'isTTY', before);
    else Reflect.deleteProperty(process.stdout, 'isTTY');
  });
}

/** Until the test ends, a person sits at the terminal and types this. */
export function atTerminal(answer: string): void {
  const given = { stdin: new PassThrough(), stderr: new PassThrough() };
  for (const [name, stream] of Object.entries(given)) {
    const before = Object.getOwnPropertyDescriptor(process, name) ?? {};
    Object.defineProperty(process, name, {
      value: Object.assign(stream, { isTTY: true }),
      configurable: true,
    });
    onTestFinished(() => void Object.defineProperty(process, name, before));
  }
  given.stdin.write(`${answer}\n`);
}

// The end of a CI log as an agent can read it: whole lines without terminal codes and times. Pure.
import { redactTail } from '../domain/text/redact.ts';
import { visibleText } from '../domain/text/visible-text.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
const terminalCodes = /\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;
const time = /^\ufeff?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z ?/gm;

export function readableLog(
  text: string,
  charsMax: number,
  isCut: boolean,
): { text: string; isCut: boolean } {
  const plain = visibleText(
    text.replaceAll('\r\n', '\n').replace(terminalCodes, '').replace(time, '').replace(/^.*\r/gm, ''),
  );
  const tail = redactTail(plain, charsMax);
  const isShort = tail.length >= plain.length;
  // The first line of a cut text may be half a line.
  const whole = isCut || !isShort ? tail.slice(tail.indexOf('\n') + 1) : tail;
  return { text: whole, isCut: isCut || !isShort };
}

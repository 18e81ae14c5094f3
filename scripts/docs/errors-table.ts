import { errorCodes } from './error-codes.ts';
import { markdownTable } from './markdown-table.ts';

export function errorsTable(): string {
  const rows = errorCodes().map(({ code, category, message, advice, rooms }) => [
    `\`${code}\``,
    category ?? '–',
    asText(message),
    asText(advice),
    rooms.map((room) => `\`${room}\``).join(', '),
  ]);
  return markdownTable(['code', 'category', 'what it says', 'what to do', 'component'], rows);
}

/** Outside of code, angle brackets would be read as HTML. */
function asText(text: string): string {
  return text.replaceAll(/<(?=[a-z])/gi, '&lt;');
}

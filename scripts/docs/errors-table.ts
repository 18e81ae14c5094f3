import { errorCodes } from './error-codes.ts';
import { markdownTable } from './markdown-table.ts';

export function errorsTable(): string {
  const rows = errorCodes().map(({ code, message }) => [`\`${code}\``, asText(message)]);
  return markdownTable(['code', 'what it says'], rows);
}

/** Outside of code, angle brackets would be read as HTML. */
function asText(text: string): string {
  return text.replaceAll(/<(?=[a-z])/gi, '&lt;');
}

import { readFileSync } from 'node:fs';
import { Invoice } from '../../core/src/invoice.ts';
import { renderInvoice } from './render.ts';

export function run(args: readonly string[], print: (text: string) => void): number {
  const [path] = args.filter((arg) => !arg.startsWith('-'));
  if (path === undefined) {
    print('usage: invoices FILE');
    return 2;
  }
  const { number, issuedAt, lines } = JSON.parse(readFileSync(path, 'utf8'));
  const invoice = new Invoice(number, new Date(issuedAt));
  for (const line of lines) invoice.add(line);
  print(renderInvoice(invoice));
  return 0;
}

#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { premium } from '../src/insurance.js';
import { QuoteError, quote } from '../src/quote.js';

const { values } = parseArgs({
  options: { to: { type: 'string' }, grams: { type: 'string' }, insure: { type: 'string' } },
});
try {
  const { zone, cents } = quote({ country: values.to, grams: Number(values.grams) });
  const total = cents + (values.insure ? premium(Number(values.insure)) : 0);
  console.log(zone + ' ' + (total / 100).toFixed(2) + ' EUR');
} catch (error) {
  if (!(error instanceof QuoteError)) throw error;
  console.error('quote: ' + error.message);
  process.exitCode = 2;
}

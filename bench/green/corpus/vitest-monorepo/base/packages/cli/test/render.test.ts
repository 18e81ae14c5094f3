import { expect, test } from 'vitest';
import { makeInvoice, paper, pen } from '../../core/test/helpers/make-invoice.ts';
import { renderInvoice } from '../src/render.ts';

test('prints each line and the total', () => {
  expect(renderInvoice(makeInvoice(pen, paper))).toMatchSnapshot();
});

test('prints an invoice without lines', () => {
  expect(renderInvoice(makeInvoice())).toMatchSnapshot();
});

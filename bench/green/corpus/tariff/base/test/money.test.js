import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatMinor, parseMinor } from '../src/money.js'

test('format', () => {
  assert.equal(formatMinor(1230, 'EUR'), '12.30 EUR')
  assert.equal(formatMinor(5, 'EUR'), '0.05 EUR')
  assert.equal(formatMinor(-1230, 'USD'), '-12.30 USD')
})

test('parse', () => {
  assert.equal(parseMinor('12.30'), 1230)
  assert.equal(parseMinor('-0.5'), -50)
  assert.throws(() => parseMinor('12.345'), RangeError)
})

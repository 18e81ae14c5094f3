import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { formatMinor } from '../src/money.js'
import { priceFor } from '../src/rates.js'

const file = new URL('table.txt', import.meta.url)

test('the price table as printed in the catalogue', () => {
  const lines = []
  for (const country of ['DE', 'AT', 'IT', 'BR']) {
    for (const grams of [500, 2000, 10000]) {
      lines.push(`${country} ${String(grams).padStart(6)} g ${formatMinor(priceFor(grams, country), 'EUR').padStart(10)}`)
    }
  }
  assert.equal(lines.join('\n') + '\n', readFileSync(file, 'utf8'))
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { priceFor, zoneOf } from '../src/rates.js'

test('zones', () => {
  assert.equal(zoneOf('DE'), 0)
  assert.equal(zoneOf('BR'), 3)
})

for (const [grams, country, price] of [
  [1, 'DE', 290],
  [500, 'DE', 290],
  [501, 'DE', 490],
  [2000, 'FR', 890],
  [9999, 'SE', 1990],
  [10000, 'BR', 4990],
]) {
  test(`${grams} g to ${country}`, () => assert.equal(priceFor(grams, country), price))
}

test('too heavy', () => {
  assert.throws(() => priceFor(10001, 'DE'), /too heavy/)
})

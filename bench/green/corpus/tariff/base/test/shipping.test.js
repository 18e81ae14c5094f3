import assert from 'node:assert/strict'
import { test } from 'node:test'
import { quote } from '../src/shipping.js'

const order = { country: 'AT', value: 12000, items: [{ sku: 'a', grams: 6000 }, { sku: 'b', grams: 5000 }, { sku: 'c', grams: 400 }] }

test('several parcels', () => {
  assert.deepEqual(quote(order), { parcels: 2, total: 2980, free: false })
})

test('free from a value on', () => {
  assert.equal(quote(order, { freeFrom: 12000 }).free, true)
  assert.equal(quote(order, { freeFrom: 12001 }).free, false)
})

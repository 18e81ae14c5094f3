import { priceFor } from './rates.js'

/**
 * Price of an order that may need several parcels.
 * @param {any} order
 * @param {any} options
 * @returns {any}
 */
export function quote(order, options = {}) {
  const parcels = pack(order.items, options.maxGrams ?? 10000)
  const prices = parcels.map(parcel => priceFor(parcel.grams, order.country))
  const total = prices.reduce((sum, price) => sum + price, 0)
  return { parcels: parcels.length, total, free: options.freeFrom !== undefined && order.value >= options.freeFrom }
}

/**
 * First fit, heaviest item first.
 * @param {any} items
 * @param {number} maxGrams
 * @returns {any}
 */
function pack(items, maxGrams) {
  const parcels = []
  for (const item of [...items].sort((a, b) => b.grams - a.grams)) {
    let parcel = parcels.find(({ grams }) => grams + item.grams <= maxGrams)
    if (!parcel) parcels.push((parcel = { grams: 0, items: [] }))
    parcel.grams += item.grams
    parcel.items.push(item.sku)
  }
  return parcels
}

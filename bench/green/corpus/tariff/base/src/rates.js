import { ZONES } from './zones.js'

/** Upper weight limit in grams, and the price in cents for zones 0 to 3. */
const STEPS = [
  { limit: 500, prices: [290, 490, 690, 1290] },
  { limit: 2000, prices: [490, 890, 1190, 2490] },
  { limit: 10000, prices: [790, 1490, 1990, 4990] },
]

/**
 * The zone of a country.
 * @param {string} country two letters
 * @returns {number}
 */
export function zoneOf(country) {
  return ZONES[country] ?? 3
}

/**
 * The price of one parcel in cents.
 * @param {number} grams
 * @param {string} country
 * @returns {number}
 */
export function priceFor(grams, country) {
  const step = STEPS.find(({ limit }) => grams <= limit)
  if (!step) throw new RangeError(`too heavy: ${grams} g`)
  return step.prices[zoneOf(country)]
}

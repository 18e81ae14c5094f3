/**
 * Minor units as text, such as `12.30 EUR`.
 * @param {number} minor
 * @param {string} currency
 * @returns {string}
 */
export function formatMinor(minor, currency) {
  const sign = minor < 0 ? '-' : ''
  const digits = String(Math.abs(minor)).padStart(3, '0')
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)} ${currency}`
}

/**
 * Text such as `12.30` as minor units.
 * @param {string} text
 * @returns {number}
 */
export function parseMinor(text) {
  const match = /^(-?)(\d+)(?:\.(\d{1,2}))?$/.exec(text.trim())
  if (!match) throw new RangeError(`not a price: ${text}`)
  const minor = Number(match[2]) * 100 + Number((match[3] ?? '').padEnd(2, '0'))
  return match[1] ? -minor : minor
}

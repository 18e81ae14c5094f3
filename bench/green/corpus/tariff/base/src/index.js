export { formatMinor, parseMinor } from './money.js'
export { priceFor, zoneOf } from './rates.js'
export { quote } from './shipping.js'

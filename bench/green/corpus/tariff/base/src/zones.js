/** Zone of each country; others are zone 3. */
export const ZONES = { DE: 0, AT: 1, FR: 1, NL: 1, PL: 1, IT: 2, ES: 2, SE: 2 }

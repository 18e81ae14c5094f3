/** Whether the long forms of random tests run: `npm run test:long`. */
export const isLong = process.env.MOOSE_TEST_LONG === '1';

/** The number of rounds of a random test: many for `npm run test:long`, fewer for `npm test`. */
export function longOr(long: number, short: number): number {
  return isLong ? long : short;
}

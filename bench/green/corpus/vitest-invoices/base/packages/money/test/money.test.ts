import { describe, expect, it } from 'vitest';
import { Money } from '../src/money';

describe('Money', () => {
  it('adds', () => expect(new Money(150).plus(new Money(75))).toEqual(new Money(225)));

  it('does not mix currencies', () => {
    expect(() => new Money(1).plus(new Money(1, 'USD'))).toThrow('cannot add USD to EUR');
  });

  it.each([
    [100, 0.5, 50],
    [99, 0.5, 50],
    [333, 1.19, 396],
  ])('%i times %d is %i', (cents, factor, expected) => {
    expect(new Money(cents).times(factor).cents).toBe(expected);
  });

  it('splits', () => {
    expect(new Money(900).split(3).map(({ cents }) => cents)).toEqual([300, 300, 300]);
  });

  it('prints two decimals', () => expect(String(new Money(5))).toBe('0.05 EUR'));

  it('takes whole cents only', () => expect(() => new Money(0.5)).toThrow(RangeError));
});

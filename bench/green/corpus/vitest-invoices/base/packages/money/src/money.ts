export class Money {
  constructor(
    readonly cents: number,
    readonly currency = 'EUR',
  ) {
    if (!Number.isSafeInteger(cents)) throw new RangeError('cents must be an integer');
  }

  plus(other: Money): Money {
    if (other.currency !== this.currency) throw new TypeError('cannot add ' + other.currency + ' to ' + this.currency);
    return new Money(this.cents + other.cents, this.currency);
  }

  times(factor: number): Money {
    return new Money(Math.round(this.cents * factor), this.currency);
  }

  /** In shares of nearly equal size. */
  split(shares: number): Money[] {
    const each = Math.floor(this.cents / shares);
    return Array.from({ length: shares }, () => new Money(each, this.currency));
  }

  toString(): string {
    return (this.cents / 100).toFixed(2) + ' ' + this.currency;
  }
}

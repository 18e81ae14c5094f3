export interface Line {
  title: string;
  cents: number;
  quantity: number;
  taxPercent?: number;
}

export class Invoice {
  readonly lines: Line[] = [];

  constructor(
    readonly number: string,
    readonly issuedAt: Date,
    readonly daysToPay = 14,
  ) {}

  add(line: Line): this {
    if (line.quantity <= 0) throw new RangeError('quantity must be positive');
    if (this.lines.length >= 20) throw new RangeError('an invoice has at most 20 lines');
    this.lines.push(line);
    return this;
  }

  net(): number {
    return this.lines.reduce((sum, { cents, quantity }) => sum + cents * quantity, 0);
  }

  tax(): number {
    return this.lines.reduce(
      (sum, { cents, quantity, taxPercent = 0 }) => sum + Math.floor((cents * quantity * taxPercent) / 100),
      0,
    );
  }

  total(): number {
    return this.net() + this.tax();
  }

  dueAt(): Date {
    const due = new Date(this.issuedAt);
    due.setUTCDate(due.getUTCDate() + this.daysToPay);
    return due;
  }
}

// For tests: what the ledger should do, as pure arithmetic. Amounts are in nano-dollars.

export interface ModelCall {
  envelope: number;
  /** The model of the provider that is called. */
  calls: string;
  hold: bigint;
  status: 'sent' | 'settled' | 'presumed' | 'cancelled';
  actual: bigint;
}

export interface ModelEnvelope {
  reserved: bigint;
  isOpen: boolean;
}

export interface Totals {
  held: bigint;
  spent: bigint;
  presumed: bigint;
}

/** A single window, in which all envelopes are reserved. */
export class LedgerModel {
  readonly envelopes: ModelEnvelope[] = [];
  readonly calls: ModelCall[] = [];
  overrun = 0n;
  isFrozen = false;
  /** The models whose calls cost more than was reserved. */
  readonly stopped = new Set<string>();
  readonly limit: bigint;

  constructor(limit: bigint) {
    this.limit = limit;
  }

  reserve(nanoUsd: bigint): boolean {
    const { held, spent, presumed } = this.totals();
    if (this.isFrozen || held + spent + presumed + nanoUsd > this.limit) return false;
    this.envelopes.push({ reserved: nanoUsd, isOpen: true });
    return true;
  }

  draw(envelope: number, nanoUsd: bigint, calls: string): string {
    const one = this.envelopes[envelope];
    if (this.stopped.has(calls)) return 'model_stopped';
    if (!one?.isOpen) return 'key_invalid';
    if (this.isFrozen) return 'frozen';
    const { open, spent, presumed } = this.drawn(envelope);
    if (one.reserved - open - spent - presumed < nanoUsd) return 'no_room';
    this.calls.push({ envelope, calls, hold: nanoUsd, status: 'sent', actual: 0n });
    return 'drawn';
  }

  shrink(call: ModelCall, nanoUsd: bigint): void {
    if (call.status === 'sent' && nanoUsd < call.hold) call.hold = nanoUsd;
  }

  end(call: ModelCall, status: 'settled' | 'presumed' | 'cancelled', nanoUsd = 0n): boolean {
    if (call.status !== 'sent' && call.status !== 'presumed') return false;
    if (call.status === status) return false;
    call.status = status;
    call.actual = status === 'settled' ? nanoUsd : status === 'presumed' ? call.hold : 0n;
    if (status === 'settled' && nanoUsd > call.hold) {
      this.overrun += nanoUsd - call.hold;
      this.stopped.add(call.calls);
      // A second model shows that not only the bound of the first one is wrong.
      if (this.stopped.size > 1) this.isFrozen = true;
    }
    return true;
  }

  thaw(): void {
    this.isFrozen = false;
    this.stopped.clear();
  }

  close(envelope: number): boolean {
    const one = this.envelopes[envelope];
    if (!one?.isOpen) return false;
    for (const call of this.calls) if (call.envelope === envelope) this.presumeOpen(call);
    one.isOpen = false;
    return true;
  }

  /** Presumes all open calls, as after the loss of their gateway. */
  reap(): void {
    for (const call of this.calls) this.presumeOpen(call);
  }

  private presumeOpen(call: ModelCall): void {
    if (call.status === 'sent') this.end(call, 'presumed');
  }

  drawn(envelope: number): { open: bigint; spent: bigint; presumed: bigint } {
    const sum = (status: ModelCall['status'], of: 'hold' | 'actual') =>
      this.calls.reduce(
        (total, call) => (call.envelope === envelope && call.status === status ? total + call[of] : total),
        0n,
      );
    return {
      open: sum('sent', 'hold'),
      spent: sum('settled', 'actual'),
      presumed: sum('presumed', 'actual'),
    };
  }

  totals(): Totals {
    const totals = { held: 0n, spent: 0n, presumed: 0n };
    this.envelopes.forEach(({ reserved, isOpen }, index) => {
      const { open, spent, presumed } = this.drawn(index);
      const rest = reserved - spent - presumed;
      if (isOpen && rest > open) totals.held += rest;
      else if (isOpen) totals.held += open;
      totals.spent += spent;
      totals.presumed += presumed;
    });
    return totals;
  }
}

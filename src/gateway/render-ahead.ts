// Writes a request for the provider while the ledger decides about it: most calls get what they asked for. Nothing of it is
// sent before the ledger has answered.

/** The request with the limit that was granted; written already where that is the one that was asked for. */
export function renderAhead<Written extends Buffer | Promise<Buffer>>(
  read: { render(outputTokensMax: number): Written },
  askedTokensMax: number,
): (grantedTokensMax: number) => Written {
  let ahead: Written | null = null;
  // After the question to the ledger is on its way, which takes no longer than this turn.
  const timer = setImmediate(() => {
    try {
      ahead = read.render(askedTokensMax);
    } catch {
      // It is written again below, where somebody hears of it.
    }
  });
  return (grantedTokensMax) => {
    clearImmediate(timer);
    return ahead !== null && grantedTokensMax === askedTokensMax ? ahead : read.render(grantedTokensMax);
  };
}

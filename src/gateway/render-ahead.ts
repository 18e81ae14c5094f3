// Writes the request for the provider while the ledger decides: most calls get what they asked for. Nothing is sent
// before the ledger has answered.

/** The request with the granted limit; already written if that is the requested one. */
export function renderAhead<Written extends Buffer | Promise<Buffer>>(
  read: { render(outputTokensMax: number): Written },
  askedTokensMax: number,
): (grantedTokensMax: number) => Written {
  let ahead: Written | null = null;
  // Starts after the query to the ledger is on its way, which takes one turn.
  const timer = setImmediate(() => {
    try {
      ahead = read.render(askedTokensMax);
    } catch {
      // It is written again below, where the error is handled.
    }
  });
  return (grantedTokensMax) => {
    clearImmediate(timer);
    return ahead !== null && grantedTokensMax === askedTokensMax ? ahead : read.render(grantedTokensMax);
  };
}

// Renders the request for the provider while the ledger decides, because most calls get what they asked for. Nothing is
// sent before the ledger has answered.

/** Renders the request with the granted limit, or returns the one rendered ahead if the limit is the requested one. */
export function renderAhead<Written extends Buffer | Promise<Buffer>>(
  read: { render(outputTokensMax: number): Written },
  askedTokensMax: number,
): (grantedTokensMax: number) => Written {
  let ahead: Written | null = null;
  // Runs one turn later, when the query to the ledger is already on its way.
  const timer = setImmediate(() => {
    try {
      ahead = read.render(askedTokensMax);
    } catch {
      // The call below renders again and handles the error.
    }
  });
  return (grantedTokensMax) => {
    clearImmediate(timer);
    return ahead !== null && grantedTokensMax === askedTokensMax ? ahead : read.render(grantedTokensMax);
  };
}

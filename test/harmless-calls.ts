/** Calls whose failure may be ignored everywhere, because nobody could act on it. */
export const harmlessCalls: readonly { receiver: RegExp; reason: string }[] = [
  { receiver: /^sleep\(/, reason: 'a wait that is broken off is over; whoever broke it off knows' },
  {
    receiver: /\.end\(\)$/,
    reason:
      'a connection that is being closed may be gone already; what was wrong with it has been told by its use',
  },
  {
    receiver: /(\.query\('rollback'\)|\.rollback\(\) ?\.execute\(\))$/,
    reason:
      'where the connection is lost there is nothing to roll back, and the failure that led there is thrown on',
  },
];

/**
 * A command before another one, which then runs on a machine of its own: with its own host name, mounts and process
 * table, all of which end with it. Needs root. The shell is process 1: it receives orphans, so that their processor time is
 * counted.
 */
export const inOwnNamespaces = (name: string): string[] => [
  'unshare',
  ...['--mount', '--uts', '--pid', '--fork', '--kill-child', '--mount-proc'],
  ...['sh', '-c', `hostname ${name}; "$0" "$@" & wait $!`],
];

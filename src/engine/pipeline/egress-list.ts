// Builds the list of hosts that a session with network access may reach: package registries, hosts that people set for
// the machine or the project, and hosts in the project's file on the base commit (R-SEC-6).
import type { ProjectConfig } from '../../config-file/config-schema.ts';
import { type EgressEntry, readEgressEntry } from '../../domain/egress.ts';
import { packageRegistries, registriesIn } from '../../finder/package-registries.ts';

type Environment = Readonly<Record<string, string>>;

export interface EgressSources {
  /** The environment that people set for the session: the variables of the machine and of the project. */
  given: Environment;
  /** The variables that the repository sets for its checks, on the base commit. */
  environment?: Environment | undefined;
  /** `egress` of `.moose/config.yml`, on the base commit. */
  listed?: ProjectConfig['egress'] | undefined;
}

export function egressEntries({ given, environment = {}, listed = [] }: EgressSources): EgressEntry[] {
  const known = Object.values(packageRegistries).flat();
  return [
    ...known.map((host) => readEgressEntry(host, { isPrivate: false })),
    // A person has chosen these registries: a company's own registry usually has a private address.
    ...registriesIn(given).map((host) => readEgressEntry(host, { isPrivate: true })),
    ...registriesIn(environment).map((host) => readEgressEntry(host, { isPrivate: false })),
    ...listed.map((each) =>
      typeof each === 'string'
        ? readEgressEntry(each, { isPrivate: false })
        : readEgressEntry(each.host, { isPrivate: each.private === true }),
    ),
  ].filter((entry) => entry !== null);
}

// What a session with a network may reach: package registries, those that people name for the machine or the project, and
// what the project's file lists on the base commit (R-SEC-6).
import type { ProjectConfig } from '../../config-file/config-schema.ts';
import { type EgressEntry, readEgressEntry } from '../../domain/egress.ts';
import { packageRegistries, registriesIn } from '../../finder/package-registries.ts';

type Environment = Readonly<Record<string, string>>;

export interface EgressSources {
  /** The environment that people give to the session: the machine's and the project's variables. */
  given: Environment;
  /** What the repository sets for its checks, in the base commit. */
  environment?: Environment | undefined;
  /** `egress` of `.moose/config.yml`, in the base commit. */
  listed?: ProjectConfig['egress'] | undefined;
}

export function egressEntries({ given, environment = {}, listed = [] }: EgressSources): EgressEntry[] {
  const known = Object.values(packageRegistries).flat();
  return [
    ...known.map((host) => readEgressEntry(host, { isPrivate: false })),
    // A person has chosen them: a registry inside a company is usually at a private address.
    ...registriesIn(given).map((host) => readEgressEntry(host, { isPrivate: true })),
    ...registriesIn(environment).map((host) => readEgressEntry(host, { isPrivate: false })),
    ...listed.map((each) =>
      typeof each === 'string'
        ? readEgressEntry(each, { isPrivate: false })
        : readEgressEntry(each.host, { isPrivate: each.private === true }),
    ),
  ].filter((entry) => entry !== null);
}

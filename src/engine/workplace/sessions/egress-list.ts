// Builds the list of hosts that a session with network access may reach: package registries, hosts that people set for
// the machine or the project, hosts that a person confirms, and public hosts in the project's file on the base commit (R-SEC-6).
import { type EgressEntry, readEgressEntry } from '../../../domain/machine/egress.ts';
import { type AskedHosts, checkHosts, type GivenHosts } from '../../../domain/machine/egress-consent.ts';
import { packageRegistries, registriesIn } from '../../../finder/package-registries.ts';

type Environment = Readonly<Record<string, string>>;

export interface EgressSources {
  /** The environment that people set for the session: the variables of the machine and of the project. */
  given: Environment;
  /** The variables that the repository sets for its checks, on the base commit. */
  environment?: Environment | undefined;
  /** `egress` of `.moose/config.yml`, on the base commit. */
  listed?: AskedHosts['egress'];
  /** What a person has set for the project. */
  settings?: GivenHosts | undefined;
}

export function egressEntries({
  given,
  environment = {},
  listed,
  settings = {},
}: EgressSources): EgressEntry[] {
  const known = Object.values(packageRegistries).flat();
  return [
    ...known.map((host) => readEgressEntry(host, { isPrivate: false })),
    // A person has chosen these registries: a company's own registry usually has a private address.
    ...registriesIn(given).map((host) => readEgressEntry(host, { isPrivate: true })),
    ...registriesIn(environment).map((host) => readEgressEntry(host, { isPrivate: false })),
    ...checkHosts({ egress: listed }, settings),
  ].filter((entry) => entry !== null);
}

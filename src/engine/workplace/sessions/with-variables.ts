type Words = readonly [string, ...string[]];

/**
 * Sets the variables of a repository inside the isolated process: set outside, variables such as LD_PRELOAD and
 * NODE_OPTIONS would affect the programs that isolate it (R-SEC-5).
 */
export function withVariables(variables: Readonly<Record<string, string>>, argv: Words): Words {
  const pairs = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  return pairs.length === 0 ? argv : ['env', ...pairs, ...argv];
}

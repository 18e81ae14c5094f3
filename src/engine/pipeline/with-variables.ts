type Words = readonly [string, ...string[]];

/**
 * Sets what a repository adds to the environment inside of the isolated process: outside, variables such as LD_PRELOAD
 * and NODE_OPTIONS would reach the programs that isolate it (R-SEC-5).
 */
export function withVariables(variables: Readonly<Record<string, string>>, argv: Words): Words {
  const pairs = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  return pairs.length === 0 ? argv : ['env', ...pairs, ...argv];
}

// Checkers of compiled interfaces: they report what a library no longer offers.
import { precedence, type Rule } from '../../match/rule.ts';
import { brokenContract } from '../../verdicts.ts';

const { compile, contract } = precedence;
/** Their messages look like a compiler's, so they need a higher precedence than compiler rules. */
const own = compile + 6;

export const apiCompatibilityRules: readonly Rule[] = [
  {
    id: 'kotlin-api.changed',
    is: brokenContract,
    precedence: own,
    line: /\b(?:API|ABI) check failed(?: for project)?|Expected file with API declarations '(?<file>[^']{1,250})' does not exist/,
    near: [/^ {0,4}--- (?<file>\S{1,250}\.api)$/],
    from: 'binary-compatibility-validator of Kotlin',
    sample: '> API check failed for project core.',
  },
  {
    id: 'dotnet-package.incompatible',
    is: brokenContract,
    precedence: own,
    line: /\berror (?<code>CP00(?:0[1-9]|1\d|2\d)|PKV\d{3,4}|RS00(?:16|17|22|24|25|26|27|36|37|50|51))\b/,
    from: 'ApiCompat and package validation of .NET, PublicApiAnalyzers',
    sample: "error CP0001: Type 'Acme.Lease' exists on lib/net8.0/Acme.dll but not on lib/net9.0/Acme.dll",
    reads: { errorCode: 'CP0001' },
  },
  {
    id: 'mima.broken',
    is: brokenContract,
    precedence: own,
    line: /Failed binary compatibility check against|does not have a correspondent in (?:current|other|previous) version|ProblemFilters\.exclude\[(?<code>\w{3,60})\]/,
    near: [/ProblemFilters\.exclude\[(?<code>\w{3,60})\]/],
    from: 'MiMa, tasty-mima',
    sample:
      '[error] core: Failed binary compatibility check against com.acme:core_2.13:1.4.0! Found 1 potential problems',
  },
  {
    id: 'clirr.broken',
    is: brokenContract,
    precedence: own,
    line: /There is at least one incompatibility|breaks reported by revapi|Detected binary changes|There were API changes|clirr.{0,80}[1-9]\d{0,5} error|^\s{0,8}(?:\[ERROR\] )?(?<code>java\.(?:class|method|field|annotation)\.\w[\w.]{2,80}): /i,
    near: [/^\s{0,8}(?:\[ERROR\] )?(?<code>java\.(?:class|method|field|annotation)\.\w[\w.]{2,80}): /],
    from: 'japicmp, revapi, clirr',
    sample: 'There is at least one incompatibility: com.acme.Lease.release():METHOD_REMOVED',
  },
  {
    id: 'swift-api.broken',
    is: brokenContract,
    precedence: own,
    line: /💔 API breakage: |\bAPI breakage: \w|^\d{1,6} breaking changes? detected in \w/,
    from: 'swift package diagnose-api-breaking-changes',
    sample: '  💔 API breakage: func Lease.release() has been removed',
  },
  {
    id: 'php-api.broken',
    is: brokenContract,
    precedence: contract,
    line: /^(?:::error.{0,200}::)?\[BC\] (?:REMOVED|CHANGED|SKIPPED|ADDED)/,
    from: 'roave-backward-compatibility-check',
    sample: '[BC] REMOVED: Method Acme\\Lease#release() was removed',
  },
  {
    id: 'go-api.broken',
    is: brokenContract,
    precedence: contract,
    line: /^(?:#{0,3} )?[Ii]ncompatible changes:?$/,
    also: 'ncompatible changes',
    from: 'apidiff, gorelease',
    sample: '# example.com/app\n## incompatible changes\nLease.Release: removed',
    sampleCommand: 'gorelease',
  },
  {
    id: 'android-api.changed',
    is: brokenContract,
    precedence: own,
    line: /^(?<file>\S{1,250}):(?<line>\d{1,6}): error: .{1,300}\[(?<code>Removed\w{3,40}|Changed\w{3,40}|Added\w{3,40})\]$|You have tried to change the API/,
    from: 'metalava',
    sample: 'You have tried to change the API from what has been previously approved.',
  },
  {
    id: 'dart-api.broken',
    is: brokenContract,
    precedence: contract,
    line: /^(?:BREAKING CHANGES|Version check failed)\b/,
    command: /\bdart[-_]apitool\b/,
    from: 'dart_apitool',
    sample: 'BREAKING CHANGES',
    sampleCommand: 'dart-apitool diff',
  },
  {
    id: 'animal-sniffer.broken',
    is: brokenContract,
    precedence: own,
    line: /^(?:\[ERROR\] )?(?<file>\S{1,250}\.java):(?<line>\d{1,6}): Undefined reference: |Signature errors found/,
    from: 'animal-sniffer',
    sample: '[ERROR] src/A.java:5: Undefined reference: java.util.List java.util.List.of()',
    reads: { file: 'src/A.java', line: 5 },
  },
  {
    id: 'schema-registry.incompatible',
    is: brokenContract,
    precedence: contract,
    line: /is incompatible with an earlier schema|\b(?<code>READER_FIELD_MISSING_DEFAULT_VALUE|BACKWARD_INCOMPATIBLE)\b/,
    from: 'schema registries of Avro, Protobuf and JSON schemas',
    sample: 'Schema being registered is incompatible with an earlier schema for subject "lease-value"',
  },
];

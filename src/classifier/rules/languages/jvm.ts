// Java, Kotlin, Scala: compilers and build tools.
import { precedence, type Rule } from '../../match/rule.ts';
import { missing, refusedText, registryAway, unexplained } from '../../verdicts.ts';

const { compile, crash, dependency } = precedence;
const own =
  /^\s+at (?![\w.-]{0,60}\/{0,2}(?:org\.junit|java\.|javax\.|jdk\.|sun\.|org\.testng|org\.assertj|org\.hamcrest|org\.opentest4j|org\.apache|kotlin\.|scala\.|org\.gradle|org\.mockito|junit\.|com\.sun\.))(?:[\w.-]+\/{1,2})?[\w.$<>]{1,250}\((?<file>\w{1,120}\.(?:java|kt|scala|groovy)):(?<line>\d{1,6})\)/;

export const jvmRules: readonly Rule[] = [
  {
    id: 'javac.package-missing',
    is: missing,
    precedence: dependency,
    line: /^(?:\[ERROR\] )?(?<file>[^\s:[][^:\n]{0,250}\.java)(?::(?<line>\d{1,6})|:\[(?<line2>\d{1,6}),(?<column>\d{1,5})\]):? (?:error: |Fehler: |erreur: |エラー: |错误: )?(?:package|Package|Paket|le package|程序包|パッケージ)\s?(?<package>[\w.]+)\s?(?:does not exist|existiert nicht|n'existe pas|不存在|は存在しません)/,
    from: 'javac, maven',
    sample: 'A.java:1: error: package com.google.common.collect does not exist',
    reads: { file: 'A.java', line: 1, package: 'com.google.common.collect' },
  },
  {
    id: 'maven.registry-away',
    is: registryAway,
    precedence: dependency + 2,
    line: /Could not (?:transfer artifact (?<package>[\w.-]+:[\w.-]+):\S{1,120} .{0,300}?(?:Connection refused|Unknown host|Temporary failure|Connection reset|status code: 5\d\d|Network is unreachable|Connect to)|(?:GET|HEAD) '.{1,300}'\. ?(?:Received status code 5\d\d)?)/,
    from: 'maven, gradle',
    sample:
      '[ERROR] Could not transfer artifact org.acme:core:pom:1.0 from/to central (http://127.0.0.1:1): Connect to 127.0.0.1:1 failed: Connection refused',
    reads: { package: 'org.acme:core' },
  },
  {
    id: 'maven.unsolvable',
    is: missing,
    precedence: dependency,
    line: /(?:Could not find artifact|Cannot access \S{1,120}(?: \(\S{1,200}\))? in offline mode and the artifact|The following artifacts could not be resolved:?|Failure to find) (?<package>[\w.-]+:[\w.-]+)|Non-resolvable (?:parent|import) POM.{0,120}?: .{0,80}?(?<package2>[\w.-]+:[\w.-]+):pom|No plugin found for prefix '(?<package3>[\w.-]+)'|Plugin \[id: '(?<package4>[^']+)'.{0,160}was not found|^\s*> Could not (?:find|resolve) (?<package5>[\w.-]+:[\w.-]+)|Plugin (?<package6>[\w.-]+:[\w.-]+):\S{1,60} or one of its dependencies could not be resolved|Error downloading (?<package9>[\w.-]+:[\w.-]+)|(?:RequireJavaVersion|RequireMavenVersion) failed with message|which is not in the allowed range|unresolved dependency: (?<package7>[\w.-]+#[\w.-]+)|not found: (?<package8>[\w.-]+:[\w.-]+)|Could not resolve dependencies for project|No compiler is provided in this environment/,
    near: [
      /Could not find artifact (?<package>[\w.-]+:[\w.-]+)/,
      /artifacts could not be resolved: (?<package>[\w.-]+:[\w.-]+)/,
      /> Could not (?:find|resolve) (?<package>[\w.-]+:[\w.-]+)/,
      /^\[ERROR\]\s{1,8}(?<package>[\w.-]+:[\w.-]+):\S{1,160} was not found in /,
      /^\[ERROR\] dependency: (?<package>[\w.-]+:[\w.-]+):/,
    ],
    from: 'maven, gradle, sbt',
    sample:
      '[ERROR] Failed to execute goal on project app: Could not resolve dependencies for project x:app:jar:1: Could not find artifact com.acme:nope:jar:1.0 in central',
    reads: { package: 'com.acme:nope' },
  },
  {
    id: 'java.toolchain',
    is: missing,
    precedence: dependency,
    line: /^Error: Unable to access jarfile (?<package3>\S{1,200})|JAVA_HOME (?:is not set|is not defined|is set to an invalid)|No matching toolchains found|invalid target release|release version \d+ not supported|UnsupportedClassVersionError|(?:NoClassDefFoundError|ClassNotFoundException): (?<package>[\w./$]+)|Could not find or load main class (?<package2>[\w./$]+)/,
    near: [own],
    from: 'java, maven, gradle',
    sample: 'Exception in thread "main" java.lang.NoClassDefFoundError: org/slf4j/LoggerFactory',
    reads: { package: 'org/slf4j/LoggerFactory' },
  },
  {
    id: 'javac.diagnostic',
    is: refusedText,
    precedence: compile,
    line: /^(?:\[ERROR\] )?(?<file>[^\s:[][^:\n]{0,250}\.(?:java|groovy)):(?:(?<line>\d{1,6}): (?:error|Fehler|erreur|エラー|错误|error compilation)|\[(?<line2>\d{1,6}),(?<column>\d{1,5})\] )/,
    from: 'javac, maven, gradle',
    sample: 'A.java:3: error: incompatible types: String cannot be converted to int',
    reads: { file: 'A.java', line: 3 },
  },
  {
    id: 'kotlinc.diagnostic',
    is: refusedText,
    precedence: compile,
    line: /^(?!.{1,600}(?:\([\w:-]{4,60}\)|\[[A-Z]\w{3,60}\])$)(?:e: |\[error\] |\[ERROR\] |(?:\[error\] )?-- (?:\[(?<code>E\d{3})\] )?.{0,40}Error: )?(?:file:\/\/)?(?<file>[^\s:(][^:(\n]{0,250}\.(?:kts?|scala)):(?: ?\(?(?<line>\d{1,6})[:,] ?(?<column>\d{1,5})\)?|(?<line2>\d{1,6})):?\s+(?:error: )?\S/,
    from: 'kotlinc, scalac, sbt, gradle',
    sample: "e: file:///app/src/A.kt:3:12 Unresolved reference 'nope'.",
    reads: { line: 3, column: 12 },
  },
  {
    id: 'maven.compile',
    is: refusedText,
    precedence: compile - 5,
    line: /COMPILATION ERROR|Compilation failure|Execution failed for task ':\S{0,60}compile\w*'|Non-parseable POM (?<file>[^\s:]{1,250})|Malformed POM (?<file2>[^\s:]{1,250})|Could not compile build file '(?<file3>[^']{1,250})'|^(?:Build file|Settings file|Script) '(?<file4>[^']{1,250})' line: (?<line4>\d{1,6})$/,
    near: [
      /(?<file>[^\s:[]{1,250}\.(?:java|kt|scala)):(?:\[)?(?<line>\d{1,6})(?:[,:](?<column>\d{1,5}))?/,
      /@ line (?<line>\d{1,6}), column (?<column>\d{1,5})/,
    ],
    from: 'maven, gradle',
    sample: '[ERROR] COMPILATION ERROR : ',
  },
  {
    id: 'java.crash',
    is: unexplained.crash,
    precedence: crash,
    line: /^Exception in thread "/,
    near: [own],
    from: 'java',
    sample: 'Exception in thread "main" java.lang.NullPointerException',
  },
];

// Tools that migrate databases.
import { precedence, type Rule } from '../../match/rule.ts';
import { brokenContract, machinery, missing, refusedText } from '../../verdicts.ts';

const { dependency, orchestration } = precedence;
const base = orchestration;

export const migrationRules: readonly Rule[] = [
  {
    id: 'prisma.unreachable',
    is: machinery.passing,
    precedence: base + 9,
    line: /(?:Error: |code: '|error code )?(?<code>P1001|P1002|P1017|P2024|P2034)\b/,
    from: 'prisma',
    sample: "Error: P1001: Can't reach database server at `127.0.0.1:5432`",
    reads: { errorCode: 'P1001' },
  },
  {
    id: 'prisma.settings',
    is: machinery.settings,
    precedence: base + 8,
    line: /(?<code>P(?:1000|1003|1010|3005|3006|3009|3014|3018|2021|2022))\b|Can't locate revision|Target database is not up to date|Validate failed|Detected failed migration|checksum mismatch for migration|Multiple head revisions|Unable to obtain connection/i,
    purposes: ['database'],
    from: 'prisma, alembic, flyway',
    sample: 'Error: P3009',
    reads: { errorCode: 'P3009' },
  },
  {
    id: 'prisma.schema',
    is: refusedText,
    precedence: precedence.compile,
    line: /Prisma schema validation|(?<code>P1012)/,
    near: [/(?<file>[\w./-]+\.prisma):(?<line>\d{1,6})/],
    from: 'prisma',
    sample: 'Error: Prisma schema validation - (validate wasm)',
  },
  {
    id: 'prisma.drift',
    is: brokenContract,
    precedence: precedence.contract,
    line: /Drift detected|schema drift|database schema is not in sync/i,
    from: 'prisma, atlas',
    sample: 'Drift detected: Your database schema is not in sync with your migration history.',
  },
  {
    id: 'database.client-missing',
    is: missing,
    precedence: dependency - 30,
    line: /(?<package>@prisma\/client) did not initialize|Please install (?<package2>\w+) package/,
    from: 'prisma, sequelize',
    sample: '@prisma/client did not initialize yet. Please run "prisma generate"',
    reads: { package: '@prisma/client' },
  },
];

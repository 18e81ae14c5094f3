import { expect, it } from 'vitest';
import { compareTexts, type LabelledPair, membersOf, testPairs, testSelves } from '../pairs.fixture.ts';

const table = (...columns: string[]) =>
  `-- a comment; with drop table orders\ncreate table "orders" (\n  id bigint primary key${columns.map((each) => `,\n  ${each}`).join('')}\n);\n`;
const then = (...statements: string[]) => `${table('note text', 'sum integer')}${statements.join(';\n')};`;
const enumOf = (...values: string[]) =>
  `CREATE TYPE state AS ENUM (${values.map((each) => `'${each}'`).join(', ')});`;

const pairs: readonly LabelledPair[] = [
  ['a check is added', table('sum integer'), table('sum integer check (sum > 0)'), ['orders']],
  ['a check is dropped', table('sum integer check (sum > 0)'), table('sum integer'), []],
  [
    'a named check becomes tighter',
    table('sum integer', 'constraint sums check (sum > 0)'),
    table('sum integer', 'constraint sums check (sum > 10)'),
    ['orders'],
  ],
  [
    'a check is written with other spaces and gets a name',
    table('sum integer', 'CHECK (sum>0)'),
    table('sum integer', 'constraint sums check ( SUM > 0 )'),
    [],
  ],
  ['a check is added later', then(), then('alter table orders add constraint c check (sum > 0)'), ['orders']],
  [
    'a check is added and dropped again',
    then(),
    then('alter table orders add constraint c check (sum > 0)', 'alter table orders drop constraint c'),
    [],
  ],
  [
    'a new column with a check is added',
    then(),
    then('alter table orders add n int check (n > 0)'),
    ['orders'],
  ],
  ['a check for a table of another file', '', 'alter table till add constraint c check (a > 0);', ['till']],
  [
    'the case of a quoted name changes',
    'create table "Till" (a int);',
    'create table till (a int);',
    ['Till'],
  ],
  [
    'the case of a name without quotes changes',
    'create table Till (a int);',
    'create table TILL (A int);',
    [],
  ],
  [
    'quotes are added to a lower-case name',
    'create table till (a int);',
    'create table "till" ("a" int);',
    [],
  ],
  ['the case of a value changes', enumOf('Open'), enumOf('open'), ['state']],
  ['a column is added', table(), table('note text'), []],
  ['a column that must be given is added', table(), table('note text not null'), ['orders.note']],
  ['a column with a default is added', table(), table("note text default 'a, b' not null"), []],
  ['a generated column is added', table(), table('n bigint not null generated always as identity'), []],
  ['a column is dropped', table('note text'), table(), ['orders.note']],
  ['a column is renamed', table('note text'), table('remark text'), ['orders.note']],
  ['a column is widened', table('sum int', 'a varchar(5)'), table('sum int8', 'a character varying(9)'), []],
  [
    'a column is narrowed',
    table('sum bigint', 'a text'),
    table('sum int', 'a varchar(5)'),
    ['orders.a', 'orders.sum'],
  ],
  ['a number gets more digits', table('sum numeric(8, 2)'), table('sum numeric(10, 2)'), []],
  [
    'a number gets fewer digits before the point',
    table('sum numeric(8, 2)'),
    table('sum numeric(8, 4)'),
    ['orders.sum'],
  ],
  [
    'a type is written in another way',
    table('at timestamptz', 'n int4'),
    table('at TIMESTAMP WITH TIME ZONE', 'n INTEGER'),
    [],
  ],
  ['a column becomes not null', table('note text'), table('note text not null'), ['orders.note']],
  ['a column may be null', table('note text not null'), table('note text'), []],
  ['a default is dropped', table('n int not null default 1'), table('n int not null'), ['orders.n']],
  [
    'a primary key is written below',
    'create table a (b int, primary key (b));',
    'create table a (b int not null);',
    [],
  ],
  ['a table is dropped', `${table()}create table public.lines (a int);`, table(), ['lines']],
  ['a table is dropped by a statement', then(), then('drop table if exists orders cascade'), ['orders']],
  ['a table is renamed', then(), then('alter table orders rename to bills'), ['orders']],
  [
    'a constraint and an index are added',
    then(),
    then('alter table orders add constraint x unique (note)', 'create index on orders (note)'),
    [],
  ],
  [
    'a column is dropped by a statement',
    then(),
    then('ALTER TABLE ONLY orders DROP COLUMN IF EXISTS note, ADD other int'),
    ['orders.note'],
  ],
  [
    'a column is renamed by a statement',
    then(),
    then('alter table orders rename column note to remark'),
    ['orders.note'],
  ],
  [
    'a column is changed by a statement',
    then(),
    then('alter table orders alter sum type smallint, alter note set not null'),
    ['orders.note', 'orders.sum'],
  ],
  [
    'a default is given and taken',
    then(),
    then('alter table orders alter sum set default 1', 'alter table orders alter sum drop default'),
    [],
  ],
  [
    'a column is changed in the way of MySQL',
    then(),
    then('alter table `orders` modify column sum bigint, change note remark text'),
    ['orders.note'],
  ],
  [
    'the body of a function is not read',
    then(),
    then('create function f() returns void as $x$ drop table orders; $x$ language sql'),
    [],
  ],
  ['a block drops a column', then(), then('do $$ begin alter table orders drop column note; end $$'), ['do']],
  [
    'a block does more than it did',
    then('do $$ begin alter table orders add b int; end $$'),
    then('do $$ begin alter table orders drop note; end $$'),
    ['do'],
  ],
  ['a block only adds rows', then(), then('do $$ begin insert into orders values (1); end $$'), []],
  ['a schema is dropped', then(), then('drop schema if exists public cascade'), ['public']],
  [
    'a text ends with a backslash',
    then(),
    then("insert into orders (note) values ('\\'); alter table orders drop column note; --'"),
    ['orders.note'],
  ],
  [
    'a text has a quote after a backslash',
    then("insert into orders (note) values ('it\\'s')"),
    then("insert into orders (note) values ('it\\'s')", 'alter table orders add other text'),
    [],
  ],
  ['MySQL runs a comment', then(), then('/*!50000 drop table orders */'), ['orders']],
  ['a text is not read', then(), then("insert into orders (note) values ('; drop table orders;')"), []],
  [
    'a value is added to a type',
    enumOf('a'),
    `${enumOf('a')} alter type state add value if not exists 'b' after 'a';`,
    [],
  ],
  ['a value of a type is removed', enumOf('a', 'b'), enumOf('a'), ['state']],
  [
    'a value of a type is renamed',
    enumOf('a'),
    `${enumOf('a')} alter type state rename value 'a' to 'b';`,
    ['state'],
  ],
  ['a type is dropped', enumOf('a'), '', ['state']],
  ['a view is dropped', 'create or replace view v as select 1;', '', ['v']],
  ['a view becomes a table', 'create materialized view v as select 1;', 'create table v (a int);', []],
  [
    'a migration adds a column to a table of an earlier one',
    '',
    'alter table orders add column note text;',
    [],
  ],
  [
    'a migration adds a column that must be given',
    '',
    'alter table orders add note text not null;',
    ['orders.note'],
  ],
  [
    'a migration drops what an earlier one made',
    '',
    'drop table orders, lines; alter table bills drop column a;',
    ['bills.a', 'lines', 'orders'],
  ],
  [
    'a migration renames',
    '',
    'alter table orders rename note to remark; alter table lines rename to rows;',
    ['lines', 'orders.note'],
  ],
  [
    'a migration narrows',
    '',
    'alter table orders alter note type varchar(3), alter sum set not null;',
    ['orders.note', 'orders.sum'],
  ],
  [
    'a migration defines again',
    '',
    'alter table orders modify note varchar(3); rename table lines to `rows`;',
    ['lines', 'orders.note'],
  ],
  ['a migration renames a value', '', "alter type state rename value 'a' to 'b';", ['state']],
];

testPairs('sql', 'schema.sql', pairs);
testSelves('sql', 'schema.sql', pairs);

it('R-SPEC-3: says what a column was and is', async () => {
  const compared = await compareTexts('sql', 'a.sql', table('sum bigint'), table('sum int not null'));
  expect(compared).toMatchObject({
    breaking: [
      {
        member: 'orders.sum',
        before: 'bigint',
        after: 'integer not null',
        message: expect.stringContaining('another type'),
      },
      { message: 'orders.sum may no longer be null.' },
    ],
  });
  expect(membersOf(compared)).toEqual(['orders.sum']);
});

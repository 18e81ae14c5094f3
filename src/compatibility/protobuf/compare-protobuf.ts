// Compares two versions of a .proto file: what breaks users who generated code from it or stored its messages.
import type { Findings, Pair } from '../comparison.ts';
import {
  type ProtoEnum,
  type ProtoField,
  type ProtoFile,
  type ProtoMessage,
  type Reserved,
  readProtobuf,
} from './read-protobuf.ts';

export function compareProtobuf(pair: Pair, findings: Findings): void {
  const before = readProtobuf(pair.before.text, 'before');
  const after = readProtobuf(pair.after.text, 'after');
  if (before.package !== after.package) {
    const [was, is] = [before.package || 'none', after.package || 'none'];
    findings.add('package', was, is, `The package is now ${is}, before ${was}: all full names changed.`);
  }
  for (const [name, was] of before.messages) {
    const is = after.messages.get(name);
    if (is) compareMessage(findings, name, was, is);
    else findings.add(name, `message ${name}`, null, `The message ${name} was removed.`);
  }
  for (const [name, was] of before.enums) {
    const is = after.enums.get(name);
    if (is) compareEnum(findings, name, was, is);
    else findings.add(name, `enum ${name}`, null, `The enum ${name} was removed.`);
  }
  compareCalls(findings, before, after);
}

const written = ({ label, type, name, number }: ProtoField) =>
  `${label === '' ? '' : `${label} `}${type} ${name} = ${number}`;

function compareMessage(findings: Findings, name: string, before: ProtoMessage, after: ProtoMessage): void {
  const byNumber = new Map(after.fields.map((field) => [field.number, field]));
  const names = new Set(after.fields.map((field) => field.name));
  for (const was of before.fields) {
    findings.look(0);
    const is = byNumber.get(was.number);
    if (is) compareField(findings, name, was, is);
    else if (names.has(was.name)) {
      const now = after.fields.find((field) => field.name === was.name);
      const message = `${name}.${was.name} has another number: messages written before are misread.`;
      findings.add(`${name}.${was.name}`, written(was), now ? written(now) : null, message);
    } else if (!isReserved(after, was.number) || !after.names.has(was.name)) {
      const message = `${name}.${was.name} was removed without reserving its number ${was.number} and its name.`;
      findings.add(`${name}.${was.name}`, written(was), null, message);
    }
  }
  const numbers = new Set(before.fields.map(({ number }) => number));
  for (const is of after.fields) {
    if (numbers.has(is.number)) continue;
    const member = `${name}.${is.name}`;
    if (is.label === 'required')
      findings.add(
        member,
        null,
        written(is),
        `${member} is new and required: messages without it are refused.`,
      );
    if (isReserved(before, is.number) || before.names.has(is.name))
      findings.add(member, 'reserved', written(is), `${member} uses a number or a name that was reserved.`);
  }
  compareReserved(findings, name, before, after);
}

function compareField(findings: Findings, name: string, was: ProtoField, is: ProtoField): void {
  const member = `${name}.${was.name}`;
  const add = (message: string) => findings.add(member, written(was), written(is), message);
  if (was.name !== is.name) add(`The number ${was.number} of ${member} is now used by ${is.name}.`);
  if (was.type !== is.type) add(`${member} has another type: ${is.type}, before ${was.type}.`);
  if (was.label !== is.label && !(isOptional(was) && isOptional(is)))
    add(`${member} is now ${is.label || 'single'}, before ${was.label || 'single'}.`);
  if (was.oneof !== is.oneof)
    add(`${member} moved ${is.oneof === '' ? 'out of' : 'into'} the oneof ${is.oneof || was.oneof}.`);
}

/** On the wire, a field without a label is the same as an optional one. */
const isOptional = ({ label }: ProtoField) => label === '' || label === 'optional';

const isReserved = ({ ranges }: Reserved, number: number) =>
  ranges.some(([from, to]) => number >= from && number <= to);

function compareReserved(findings: Findings, name: string, before: Reserved, after: Reserved): void {
  for (const [from, to] of before.ranges)
    if (!after.ranges.some(([start, end]) => start <= from && end >= to)) {
      const range = from === to ? String(from) : `${from} to ${to}`;
      findings.add(name, `reserved ${range}`, null, `${name} no longer reserves ${range}.`);
    }
  for (const reserved of before.names)
    if (!after.names.has(reserved))
      findings.add(name, `reserved "${reserved}"`, null, `${name} no longer reserves the name ${reserved}.`);
}

function compareEnum(findings: Findings, name: string, before: ProtoEnum, after: ProtoEnum): void {
  const numbers = new Map([...after.values].map(([value, number]) => [number, value]));
  for (const [value, number] of before.values) {
    findings.look(0);
    const member = `${name}.${value}`;
    const now = after.values.get(value);
    if (now === number) continue;
    if (now !== undefined)
      findings.add(
        member,
        String(number),
        String(now),
        `${member} has another number: ${now}, before ${number}.`,
      );
    else if (numbers.has(number)) {
      const other = numbers.get(number) ?? '';
      findings.add(
        member,
        String(number),
        other,
        `The number ${number} of ${member} is now called ${other}.`,
      );
    } else if (!isReserved(after, number) || !after.names.has(value)) {
      const message = `${member} was removed without reserving its number ${number} and its name.`;
      findings.add(member, String(number), null, message);
    }
  }
  compareReserved(findings, name, before, after);
}

function compareCalls(findings: Findings, before: ProtoFile, after: ProtoFile): void {
  for (const service of before.services)
    if (!after.services.has(service))
      findings.add(service, `service ${service}`, null, `The service ${service} was removed.`);
  for (const [name, { takes, gives }] of before.calls) {
    if (!after.services.has(name.split('.')[0] ?? '')) continue;
    const is = after.calls.get(name);
    const was = `${takes} returns ${gives}`;
    if (!is) findings.add(name, was, null, `The call ${name} was removed.`);
    else if (is.takes !== takes || is.gives !== gives)
      findings.add(
        name,
        was,
        `${is.takes} returns ${is.gives}`,
        `The call ${name} takes or gives something else.`,
      );
  }
}

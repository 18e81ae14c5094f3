// Whether a type still provides what its readers expect, and still accepts what others give. The compiler
// says whether one type fits another; members are compared one by one, so that a finding names the changed
// member.
import ts from 'typescript-compiler';
import type { Findings } from '../comparison.ts';

/** How importing code uses the values: it gives them, reads them, or both. */
export type Use = 'given' | 'read' | 'both';

interface Place {
  member: string;
  use: Use;
  depth: number;
  /** True for an optional member, which may be undefined anyway. */
  isOptional?: boolean;
}

const turned: Readonly<Record<Use, Use>> = { given: 'read', read: 'given', both: 'given' };

export class TypeComparison {
  readonly #checker: ts.TypeChecker;
  readonly #findings: Findings;
  /** Names that both versions export. Each is compared only once, under its own name. */
  readonly #exported: ReadonlySet<string>;
  readonly #sources: { isOwn(path: string): boolean };
  readonly #seen = new Map<ts.Type, Set<string>>();
  readonly #numbers = new Map<ts.Type, number>();

  constructor(
    checker: ts.TypeChecker,
    findings: Findings,
    exported: ReadonlySet<string>,
    sources: { isOwn(path: string): boolean },
  ) {
    this.#checker = checker;
    this.#findings = findings;
    this.#exported = exported;
    this.#sources = sources;
  }

  compareNamed(member: string, before: ts.Type, after: ts.Type, use: Use): void {
    this.#inner({ member, use, depth: 0 }, before, after);
  }

  #compare(place: Place, before: ts.Type, after: ts.Type): void {
    if (before === after || this.#isAnything(place, before, after)) return;
    if (this.#emptyOf(before, place) !== this.#emptyOf(after, place)) {
      this.#whole(place, before, after);
      return;
    }
    const [was, is] = [this.#filled(before), this.#filled(after)];
    const name = this.#exportedName(was);
    if (name !== null && name === this.#exportedName(is)) this.#arguments(place, was, is);
    else this.#inner(place, was, is);
  }

  #inner(place: Place, before: ts.Type, after: ts.Type): void {
    this.#findings.look(place.depth);
    if (this.#isAnything(place, before, after) || this.#wasSeen(place, before, after)) return;
    if (this.#isOpen(before) && this.#isOpen(after)) this.#members(place, before, after);
    else this.#whole(place, before, after);
  }

  /** The compiler accepts `any` for everything, and also uses it for names that it cannot find. */
  #isAnything({ member, use }: Place, before: ts.Type, after: ts.Type): boolean {
    if (!isAny(before) && !isAny(after)) return false;
    const isLost = isMissing(before) !== isMissing(after);
    const isWider = !isAny(before) && use !== 'given';
    const isNarrower = !isAny(after) && use !== 'read';
    if (!isLost && !isWider && !isNarrower) return true;
    const [was, is] = [before, after].map((type) =>
      isMissing(type) ? 'a type that is not there' : this.#checker.typeToString(type),
    );
    const message = `${member} is now ${is}, before ${was}: nobody can say what fits.`;
    this.#findings.add(member, was ?? null, is ?? null, message);
    return true;
  }

  #wasSeen({ use }: Place, before: ts.Type, after: ts.Type): boolean {
    const known = this.#seen.get(before) ?? new Set();
    const number = this.#numbers.get(after) ?? this.#numbers.size;
    this.#numbers.set(after, number);
    this.#seen.set(before, known);
    const key = `${use} ${number}`;
    return known.has(key) || !known.add(key);
  }

  /** The type without null and undefined, unless nothing else is left. */
  #filled(type: ts.Type): ts.Type {
    const filled = type.isUnion() ? this.#checker.getNonNullableType(type) : type;
    return (filled.flags & ts.TypeFlags.Never) === 0 ? filled : type;
  }

  #emptyOf(type: ts.Type, { isOptional = false }: Place): string {
    const parts = type.isUnion() ? type.types : [type];
    const has = (flag: ts.TypeFlags) => parts.some(({ flags }) => (flags & flag) !== 0);
    return `${has(ts.TypeFlags.Null)} ${!isOptional && has(ts.TypeFlags.Undefined)}`;
  }

  /** Whether its members can be compared: an object or function of these files, or a list. */
  #isOpen(type: ts.Type): boolean {
    if ((type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) === 0) return false;
    if (this.#checker.isArrayType(type)) return true;
    if (this.#checker.isTupleType(type)) return false;
    const declarations = type.symbol?.declarations ?? [];
    return (
      declarations.every((each) => this.#sources.isOwn(each.getSourceFile().fileName)) || isReference(type)
    );
  }

  #members(place: Place, before: ts.Type, after: ts.Type): void {
    const isForeign = (type: ts.Type) =>
      (type.symbol?.declarations ?? []).some((each) => !this.#sources.isOwn(each.getSourceFile().fileName));
    const isSame = isReference(before) && isReference(after) && before.target === after.target;
    if (isSame) this.#arguments(place, before, after);
    else if (isForeign(before) || isForeign(after)) this.#whole(place, before, after);
    else this.#eachMember(place, before, after);
  }

  #eachMember(place: Place, before: ts.Type, after: ts.Type): void {
    const { member, use, depth } = place;
    for (const was of this.#checker.getPropertiesOfType(before)) {
      if (was.name === 'prototype') continue;
      const is = this.#checker.getPropertyOfType(after, was.name);
      const name = `${member}.${shownName(was.name)}`;
      if (is) this.#property({ member: name, use, depth: depth + 1 }, was, is);
      else this.#findings.add(name, this.#written(was), null, `${name} was removed.`);
    }
    if (use !== 'read') this.#newMembers(place, before, after);
    this.#indexes(place, before, after);
    this.#signatures(place, before, after, ts.SignatureKind.Call);
    this.#signatures({ ...place, member: `new ${member}` }, before, after, ts.SignatureKind.Construct);
  }

  #property(place: Place, was: ts.Symbol, is: ts.Symbol): void {
    const { member, use } = place;
    const add = (message: string) =>
      this.#findings.add(member, this.#written(was), this.#written(is), message);
    const [couldMiss, canMiss] = [isOptional(was), isOptional(is)];
    if (couldMiss && !canMiss && use !== 'read') add(`${member} must now be given.`);
    if (!couldMiss && canMiss && use !== 'given')
      add(`${member} may now be absent, which its readers do not expect.`);
    if (!isReadonly(was) && isReadonly(is) && use !== 'given') add(`${member} can no longer be set.`);
    const [before, after] = [this.#checker.getTypeOfSymbol(was), this.#checker.getTypeOfSymbol(is)];
    this.#compare({ ...place, isOptional: couldMiss || canMiss }, before, after);
  }

  #newMembers({ member }: Place, before: ts.Type, after: ts.Type): void {
    for (const is of this.#checker.getPropertiesOfType(after)) {
      if (isOptional(is) || this.#checker.getPropertyOfType(before, is.name)) continue;
      const name = `${member}.${shownName(is.name)}`;
      this.#findings.add(name, null, this.#written(is), `${name} is new, and must be given.`);
    }
  }

  #indexes(place: Place, before: ts.Type, after: ts.Type): void {
    const now = this.#checker.getIndexInfosOfType(after);
    for (const was of this.#checker.getIndexInfosOfType(before)) {
      const key = this.#checker.typeToString(was.keyType);
      const is = now.find(({ keyType }) => this.#checker.typeToString(keyType) === key);
      const member = `${place.member}[${key}]`;
      if (is) this.#compare({ ...place, member, depth: place.depth + 1 }, was.type, is.type);
      else this.#findings.add(member, this.#checker.typeToString(was.type), null, `${member} was removed.`);
    }
  }

  #signatures(place: Place, before: ts.Type, after: ts.Type, kind: ts.SignatureKind): void {
    const [were, are] = [before, after].map((type) => this.#checker.getSignaturesOfType(type, kind));
    const [was, is] = [were?.[0], are?.[0]];
    if (!were || !are || !was) return;
    const isSimple = were.length === 1 && are.length === 1;
    if (isSimple && is && isPlain(was) && isPlain(is)) {
      this.#signature(place, was, is);
      return;
    }
    const texts = (all: readonly ts.Signature[]) =>
      all.map((each) => this.#checker.signatureToString(each)).join('; ');
    if (texts(were) !== texts(are))
      this.#whole({ ...place, use: place.use === 'given' ? 'given' : 'read' }, before, after);
  }

  /** Code that calls a function gives its parameters and reads its result. */
  #signature(place: Place, was: ts.Signature, is: ts.Signature): void {
    const { member, use, depth } = place;
    const text = (signature: ts.Signature) => this.#checker.signatureToString(signature);
    const add = (message: string) => this.#findings.add(member, text(was), text(is), message);
    for (const [at, parameter] of was.parameters.entries()) {
      const now = is.parameters[at];
      if (!now) {
        if (use !== 'given') add(`${member} no longer takes the parameter ${parameter.name}.`);
        break;
      }
      if (canBeLeftOut(parameter) && !canBeLeftOut(now) && use !== 'given')
        add(`The parameter ${now.name} of ${member} must now be given.`);
      const inner: Place = {
        member: `${member}(${parameter.name})`,
        use: turned[use],
        depth: depth + 1,
        isOptional: canBeLeftOut(parameter) || canBeLeftOut(now),
      };
      this.#compare(inner, this.#checker.getTypeOfSymbol(parameter), this.#checker.getTypeOfSymbol(now));
    }
    const added = is.parameters.slice(was.parameters.length).find((each) => !canBeLeftOut(each));
    if (added && use !== 'given') add(`The new parameter ${added.name} of ${member} must be given.`);
    const [gave, gives] = [
      this.#checker.getReturnTypeOfSignature(was),
      this.#checker.getReturnTypeOfSignature(is),
    ];
    if ((gave.flags & ts.TypeFlags.Void) === 0)
      this.#compare(
        { member: `${member}()`, use: use === 'given' ? 'given' : 'read', depth: depth + 1 },
        gave,
        gives,
      );
  }

  #arguments(place: Place, before: ts.Type, after: ts.Type): void {
    const [were, are] = [before, after].map((type) => type.aliasTypeArguments ?? this.#typeArguments(type));
    const isList = this.#checker.isArrayType(before);
    for (const [at, was] of (were ?? []).entries()) {
      const is = are?.[at];
      const member = isList ? `${place.member}[]` : `${place.member}<${at + 1}>`;
      if (is) this.#compare({ ...place, member, depth: place.depth + 1 }, was, is);
    }
  }

  #typeArguments(type: ts.Type): readonly ts.Type[] {
    return isReference(type) ? this.#checker.getTypeArguments(type) : [];
  }

  /** Compares the types as a whole, in both directions if both matter. */
  #whole({ member, use }: Place, before: ts.Type, after: ts.Type): void {
    const [was, is] = [this.#checker.typeToString(before), this.#checker.typeToString(after)];
    const add = (for_: string) =>
      this.#findings.add(member, was, is, `${member} is now ${is}, before ${was}: ${for_}`);
    if (use !== 'given' && !this.#fits(after, before))
      add('code that reads it may get what it does not expect.');
    else if (use !== 'read' && !this.#fits(before, after))
      add('values that code passes for it may no longer fit.');
  }

  /** Each alternative fits, or is an exported type that both versions have and that is compared by its own name. */
  #fits(given: ts.Type, wanted: ts.Type): boolean {
    if (this.#checker.isTypeAssignableTo(given, wanted)) return true;
    if (!given.isUnion()) return false;
    const names = new Set(
      (wanted.isUnion() ? wanted.types : [wanted]).map((type) => this.#exportedName(type)),
    );
    return given.types.every((type) => {
      const name = this.#exportedName(type);
      return (name !== null && names.has(name)) || this.#checker.isTypeAssignableTo(type, wanted);
    });
  }

  #exportedName(type: ts.Type): string | null {
    const symbol = type.aliasSymbol ?? type.symbol;
    const isOurs =
      symbol?.declarations?.some((each) => this.#sources.isOwn(each.getSourceFile().fileName)) ?? false;
    return isOurs && symbol && this.#exported.has(symbol.name) ? symbol.name : null;
  }

  #written(symbol: ts.Symbol): string {
    const type = this.#checker.typeToString(this.#checker.getTypeOfSymbol(symbol));
    const marks = [isReadonly(symbol) && 'readonly', isOptional(symbol) && 'optional'].filter(Boolean);
    return [...marks, type].join(' ');
  }
}

const isAny = ({ flags }: ts.Type) => (flags & ts.TypeFlags.Any) !== 0;
/** The compiler's type for a name or member that it cannot find. */
const isMissing = (type: ts.Type) => isAny(type) && 'intrinsicName' in type && type.intrinsicName === 'error';
const isOptional = ({ flags }: ts.Symbol) => (flags & ts.SymbolFlags.Optional) !== 0;

function isReference(type: ts.Type): type is ts.TypeReference {
  const { objectFlags = 0 } = type as ts.ObjectType;
  return (type.flags & ts.TypeFlags.Object) !== 0 && (objectFlags & ts.ObjectFlags.Reference) !== 0;
}

const isReadonly = ({ declarations }: ts.Symbol) =>
  declarations?.some((each) => (ts.getCombinedModifierFlags(each) & ts.ModifierFlags.Readonly) !== 0) ??
  false;

/** Neither generic, nor with a rest parameter, nor a type predicate. */
function isPlain(signature: ts.Signature): boolean {
  const declaration = signature.getDeclaration();
  if (signature.typeParameters !== undefined || declaration === undefined) return false;
  if (declaration.type && ts.isTypePredicateNode(declaration.type)) return false;
  return !declaration.parameters.some((each) => ts.isParameter(each) && each.dotDotDotToken !== undefined);
}

function canBeLeftOut({ valueDeclaration }: ts.Symbol): boolean {
  if (!valueDeclaration || !ts.isParameter(valueDeclaration)) return false;
  return valueDeclaration.questionToken !== undefined || valueDeclaration.initializer !== undefined;
}

/** Hides the changing number in the compiler's name of a symbol that is a key, such as `__@iterator@12`. */
const shownName = (name: string) => name.replace(/^__@(\w+)@\d+$/, '[$1]');

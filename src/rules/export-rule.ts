/** `export.<kind>`: who belongs in a target, what their account is called, and what it holds. */
import { defaultMatching } from '#core/attributes';
import { canonicalJson } from '#core/canonical';
import { convert } from '#core/convert';
import { sha256Hex } from '#core/digest';
import { RollcallError } from '#core/errors';
import { nearest } from '#core/text';
import type { AttributeType, Matching, Scalar, Value, ValueType } from '#core/values';
import { bareExpression, compileOwn, compileSource, decided, referredIds, type Source, typed } from './flow.ts';
import type { Contribution, Deprovision, Evaluate, ExportFlow, ExportRule, ObjectScope, SecretFlow, Strength } from './model.ts';
import { type ObjectContext, OWN_NAMES, objectScope } from './object-scope.ts';
import { ofPhoto, PHOTO_KEYS, recipeFor, recipeOf } from './photo.ts';
import { flag, mapping, oneOf, quoted, type Raw, type Report, text, texts, whole, within } from './raw.ts';
import { compileSecret, isSecret } from './secret.ts';

/** What the target says about one of its kinds; the shape of the connector contract's schema. */
export interface TargetKind {
  /** An attribute not listed does not exist there. */
  readonly complete: boolean;
  readonly attributes: { readonly [attribute: string]: AttributeType & { readonly readOnly?: boolean } };
}

export interface ExportContext extends ObjectContext {
  readonly connection: string;
  /** Null while nobody has asked the target. */
  readonly target: TargetKind | null;
  /** Whether its objects have names (DNs), which references then are by default. */
  readonly named: boolean;
  readonly deprovision: Deprovision;
}

const RULE_KEYS = ['to', 'when', 'provision', 'anchor', 'name', 'dn', 'move', 'enabled', 'attributes'];
const OF_SECRETS = ['generate', 'deliver'];
const FLOW_KEYS = [
  'value',
  'function',
  'reads',
  ...PHOTO_KEYS,
  'strength',
  'values',
  'by',
  'type',
  'multi',
  'matching',
  'maxLength',
  ...OF_SECRETS,
];
const TYPES: readonly ValueType[] = ['string', 'integer', 'decimal', 'boolean', 'date', 'instant', 'binary', 'reference'];
const MATCHINGS: readonly Matching[] = ['exact', 'caseIgnore', 'dn', 'telephone', 'instant', 'boolean', 'integer'];
const TEXT: AttributeType = { type: 'string', multi: false, matching: 'exact' };

/** Null when anything in it was reported. */
export function compileExportRule(raw: unknown, context: ExportContext, outer: Report): ExportRule | null {
  let faults = 0;
  const report: Report = (...fault) => {
    faults++;
    outer(...fault);
  };
  const rule = mapping(raw, report, RULE_KEYS);
  if (rule === null) return null;
  const scope = objectScope(context);
  const reads = new Set<string>();
  const namedBy = new Set<string>();
  const hashes: string[] = [];
  const flows: ExportFlow[] = [];
  const secrets: SecretFlow[] = [];
  const written = rule.get('attributes') === undefined ? null : mapping(rule.get('attributes'), within(report, 'attributes'));
  for (const [name, flow] of written ?? []) {
    if (isSecret(flow)) {
      const secret = compileSecret(name, flow, within(report, 'attributes', name));
      if (secret !== null && exists(name, 'onCreate', within(report, 'attributes', name))) secrets.push(secret);
      continue;
    }
    const compiled = compileFlow(name, flow, within(report, 'attributes', name));
    if (compiled !== null) flows.push(compiled);
  }

  function compileFlow(name: string, flow: unknown, at: Report): ExportFlow | null {
    const options = typeof flow === 'string' ? null : mapping(flow, at, FLOW_KEYS);
    if (options === null && typeof flow !== 'string') return null;
    if (options?.has('deliver'))
      at(
        ['deliver'],
        'only a generated value is delivered',
        'write generate instead of where the value comes from, or leave it away',
      );
    const source = options === null ? compileSource(flow as string, scope, at) : sourceOf(options, at);
    const strength =
      (options && oneOf(options, 'strength', ['always', 'ifEmpty', 'onCreate', 'observe'] as const, at)) ?? 'always';
    if (source === null || !exists(name, strength, at) || !copyExists(source, at)) return null;
    const own = source.copies === null ? null : (context.attributes.get(source.copies) ?? null);
    const refers = own?.type === 'reference';
    if (!refers && options?.has('by'))
      at(['by'], 'only a reference is written by something', 'copy a reference attribute, or leave by away');
    const by = refers ? termsOf((options && text(options, 'by', at)) ?? (context.named ? 'name' : 'anchor'), at) : null;
    const photo = options === null ? null : recipeOf(options, own, at);
    const said = typeOf(name, own, by, options, at);
    const recipe = photo && recipeFor(photo, said);
    const type: AttributeType =
      recipe === null ? said : { ...said, type: 'binary', matching: 'exact', maxLength: recipe.maxBytes };
    const values =
      (options && oneOf(options, 'values', ['all', 'ours'] as const, at)) ?? (refers && type.multi ? 'byOrigin' : 'all');
    if (values === 'ours' && !type.multi) at(['values'], `${name} holds one value`, 'add multi: true, or leave values away');
    for (const read of source.reads) reads.add(read);
    const { run } = source;
    const evaluate: Evaluate<ObjectScope, Contribution> = refers
      ? (object, clock) => referredIds(run(object, clock), own.multi)
      : recipe === null
        ? typed(source, type)
        : ofPhoto(source, type, recipe);
    const reference = by === null ? null : { by, multi: type.multi };
    return { attribute: name, text: source.text, strength, values, reads: source.reads, evaluate, reference, type };
  }

  function sourceOf(options: Raw, at: Report): Source<ObjectScope> | null {
    const own = text(options, 'function', at);
    const value = text(options, 'value', at);
    const photo = text(options, 'photo', at);
    const given = [own, value, photo].filter((one) => one !== null).length;
    if (given !== 1) {
      at(
        [],
        given === 0 ? 'it is not said where the value comes from' : 'value, function and photo exclude each other',
        'write one of value, function and photo',
      );
      return null;
    }
    if (photo !== null) return compileSource(photo, scope, within(at, 'photo'));
    if (value !== null) return compileSource(value, scope, within(at, 'value'));
    const compiled = compileOwn(
      own!,
      texts(options, 'reads', at).map((read) => read.text),
      scope,
      at,
    );
    if (compiled !== null) hashes.push(context.functionOf!(own!)!.hash);
    return compiled;
  }

  function copyExists(source: Source<ObjectScope>, at: Report): boolean {
    const names = source.copies !== null ? [source.copies] : source.text.startsWith('.') ? source.reads : [];
    const missing = names.find((name) => !context.attributes.has(name) && !OWN_NAMES.includes(name));
    if (missing === undefined) return true;
    const meant = nearest(missing, context.attributes.keys());
    at(
      [],
      `there is no ${context.kind} attribute ${quoted(missing)}`,
      meant === null ? 'declare it under attributes' : `did you mean ${meant}?`,
    );
    return false;
  }

  function exists(name: string, strength: Strength, at: Report): boolean {
    const target = context.target?.attributes;
    if (target === undefined) return true;
    if (!Object.hasOwn(target, name)) {
      if (!context.target!.complete) return true;
      const meant = nearest(name, Object.keys(target));
      at(
        [],
        `${context.connection} has no attribute ${quoted(name)}`,
        meant === null ? 'use an attribute it has' : `did you mean ${meant}?`,
      );
      return false;
    }
    if (target[name]!.readOnly !== true || strength === 'observe') return true;
    at([], `${name} cannot be written in ${context.connection}`, 'leave it away, or add strength: observe');
    return false;
  }

  /** What the rule says, else the target, else the attribute copied, else text. */
  function typeOf(name: string, own: AttributeType | null, by: string | null, options: Raw | null, at: Report): AttributeType {
    const target = context.target && Object.hasOwn(context.target.attributes, name) ? context.target.attributes[name]! : null;
    const base: AttributeType = target ?? own ?? { ...TEXT, matching: 'caseIgnore' };
    const type = by !== null ? 'reference' : ((options && oneOf(options, 'type', TYPES, at)) ?? base.type);
    const multi = options?.has('multi') ? flag(options, 'multi', at) : base.multi;
    const natural =
      type === 'reference' ? (by === 'name' ? 'dn' : 'exact') : type === base.type ? base.matching : defaultMatching(type);
    const matching = (options && oneOf(options, 'matching', MATCHINGS, at)) ?? natural;
    const maxLength = (options && whole(options, 'maxLength', at)) ?? target?.maxLength;
    return maxLength === undefined ? { type, multi, matching } : { type, multi, matching, maxLength };
  }

  const naming = (key: 'anchor' | 'name' | 'dn'): Evaluate<ObjectScope, Contribution> | null => {
    const at = within(report, key);
    const given = text(rule, key, report);
    const source = given === null ? null : compileSource(given, scope, at, key === 'dn' ? 'dn' : 'name');
    if (source === null || !copyExists(source, at)) return null;
    for (const read of source.reads) namedBy.add(read);
    return typed(source, TEXT);
  };
  if (rule.has('name') && rule.has('dn')) report(['dn'], 'dn is another word for name', 'leave one of them away');
  const when = text(rule, 'when', report);
  const membership = when === null ? null : bareExpression(when, 'bool', scope, within(report, 'when'));
  for (const read of membership?.reads ?? ['active']) reads.add(read);
  const anchor = naming('anchor');
  const name = naming('name') ?? naming('dn');
  for (const read of namedBy) reads.add(read);
  const enabled = enabledOf(rule, context, report);
  const rest = {
    provision: flag(rule, 'provision', report),
    move: flag(rule, 'move', report),
    to: text(rule, 'to', report) ?? context.kind,
  };
  if (faults > 0) return null;
  return {
    connection: context.connection,
    kind: context.kind,
    to: rest.to,
    when: membership === null ? ({ object }) => object.active === true : decided(membership),
    provision: rest.provision,
    anchor,
    name,
    namedBy: [...namedBy],
    move: rest.move,
    enabled,
    flows,
    secrets,
    deprovision: context.deprovision,
    reads: [...reads].sort(),
    hash: sha256Hex(canonicalJson([raw, context.zone, context.deprovision, hashes])),
  };
}

function termsOf(by: string, at: Report): 'anchor' | 'name' {
  if (by === 'anchor' || by === 'name') return by;
  at(
    ['by'],
    `a target takes references by anchor or name, not by ${quoted(by)}`,
    'write anchor or name; a reference to one object may be an expression, such as ${person.manager.mail}',
  );
  return 'anchor';
}

function enabledOf(rule: Raw, context: ExportContext, outer: Report): ExportRule['enabled'] {
  if (rule.get('enabled') === undefined) return null;
  const report = within(outer, 'enabled');
  const raw = mapping(rule.get('enabled'), report, ['attribute', 'on', 'off']);
  const attribute = raw && text(raw, 'attribute', report);
  if (raw === null || attribute === null) {
    if (raw !== null) report([], 'it is not said which attribute', 'add attribute: NAME');
    return null;
  }
  const known =
    context.target && Object.hasOwn(context.target.attributes, attribute) ? context.target.attributes[attribute]! : null;
  const value = (key: 'on' | 'off'): Value => {
    const given = raw.get(key);
    if (given === undefined) report([], `it is not said what ${attribute} is when ${key}`, `add ${key}: VALUE`);
    if (given === undefined || given === null) return null;
    const guess: ValueType = typeof given === 'boolean' ? 'boolean' : typeof given === 'number' ? 'integer' : 'string';
    try {
      return convert(given as Scalar, known ?? { type: guess, multi: false, matching: 'exact' });
    } catch (error) {
      report([key], error instanceof RollcallError ? error.message : 'this is no value', 'write a value the attribute can hold');
      return null;
    }
  };
  return { attribute, on: value('on'), off: value('off') };
}

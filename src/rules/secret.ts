/** `generate` and `deliver`: an initial password, by which policy it is made and who is told (SEMANTICS 9). */
import { canonicalJson } from '#core/canonical';
import { bitsOf, CHARACTER_CLASSES, type CharacterClass, charactersOf, type PasswordPolicy } from '#core/password';
import type { Delivery, SecretFlow } from './model.ts';
import { flag, mapping, quoted, type Raw, type Report, text, texts, whole, within } from './raw.ts';

const SHORTEST = 8;
/** Longer ones are cut or refused by some systems: bcrypt hashes 72 bytes, Active Directory takes 256 characters. */
const LONGEST = 72;
const USUAL_LENGTH = 20;
/** It may be tried against a copy of a directory for as long as it is valid: a day's guessing is not to find it. */
const LEAST_BITS = 45;
const USUAL_TIMEOUT_S = 30;
/** An attempt is believed lost after that. */
const LONGEST_TIMEOUT_S = 30;

export function isSecret(flow: unknown): boolean {
  if (typeof flow !== 'object' || flow === null) return false;
  return flow instanceof Map ? flow.has('generate') : Object.hasOwn(flow, 'generate');
}

/** Null when anything in it was reported. */
export function compileSecret(attribute: string, raw: unknown, outer: Report): SecretFlow | null {
  let faults = 0;
  const report: Report = (...fault) => {
    faults++;
    outer(...fault);
  };
  const flow = mapping(raw, report, ['generate', 'deliver'])!;
  const policy = policyOf(flow.get('generate'), within(report, 'generate'));
  const deliver = deliveryOf(flow.get('deliver'), within(report, 'deliver'));
  return faults > 0 || policy === null || deliver === null
    ? null
    : { attribute, text: `generate(${canonicalJson(policy)})`, policy, deliver };
}

function policyOf(raw: unknown, report: Report): PasswordPolicy | null {
  const given = mapping(raw ?? {}, report, ['length', 'classes', 'unambiguous']);
  if (given === null) return null;
  const named = texts(given, 'classes', report);
  const classes: CharacterClass[] = [];
  for (const { text: name, path } of named) {
    const known = CHARACTER_CLASSES.find((one) => one === name);
    if (known === undefined) report(path, `there is no class ${quoted(name)}`, `choose among ${CHARACTER_CLASSES.join(', ')}`);
    else if (!classes.includes(known)) classes.push(known);
  }
  if (given.has('classes') && named.length === 0) report(['classes'], 'no class is named', 'leave it away for all of them');
  // In one order, whichever they were written in: another order is no other policy.
  const ordered = CHARACTER_CLASSES.filter((name) => named.length === 0 || classes.includes(name));
  const policy = {
    length: whole(given, 'length', report) ?? USUAL_LENGTH,
    classes: ordered,
    unambiguous: flag(given, 'unambiguous', report),
  };
  if (policy.length < SHORTEST || policy.length > LONGEST)
    report(['length'], `a generated value has ${SHORTEST} to ${LONGEST} characters`, `leave it away for ${USUAL_LENGTH}`);
  else if (ordered.length > 0 && bitsOf(policy) < LEAST_BITS) {
    const each = Math.log2(ordered.map((name) => charactersOf(policy, name)).join('').length);
    report(
      ['length'],
      `${policy.length} characters of ${ordered.join(', ')} are guessed too soon`,
      `use at least ${Math.ceil(LEAST_BITS / each)}, or more classes`,
    );
  }
  return policy;
}

const SAY = 'write deliver: { file: FOLDER }, deliver: { command: [PROGRAM, …] }, or deliver: none';

function deliveryOf(raw: unknown, report: Report): Delivery | null {
  if (raw === undefined || raw === null) {
    report([], 'it is not said who is told the generated value', SAY);
    return null;
  }
  if (raw === 'none') return { to: 'none' };
  if (typeof raw === 'string') {
    report([], `there is no delivery ${quoted(raw)}`, SAY);
    return null;
  }
  const given = mapping(raw, report, ['file', 'command', 'timeoutSeconds']);
  if (given === null) return null;
  const folder = text(given, 'file', report);
  if ((folder === null) === !given.has('command')) {
    report([], folder === null ? 'it is not said where to' : 'file and command exclude each other', SAY);
    return null;
  }
  if (folder !== null) {
    if (given.has('timeoutSeconds')) report(['timeoutSeconds'], 'only a command takes time', 'leave it away');
    return { to: 'file', folder };
  }
  return commandOf(given, report);
}

function commandOf(given: Raw, report: Report): Delivery | null {
  const command = texts(given, 'command', report).map((word) => word.text);
  const seconds = whole(given, 'timeoutSeconds', report) ?? USUAL_TIMEOUT_S;
  if (command.length === 0) report(['command'], 'no program is named', SAY);
  if (seconds > LONGEST_TIMEOUT_S)
    report(['timeoutSeconds'], `a delivery has at most ${LONGEST_TIMEOUT_S} seconds`, 'let the program hand it on and end');
  return { to: 'command', command, timeoutMs: seconds * 1000 };
}

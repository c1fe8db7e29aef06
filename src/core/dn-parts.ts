/**
 * A name put together from what a rule says and what data says: only the rule decides how many levels there are, and of which types.
 */
import { escapeDnValue, parseDn } from './dn.ts';
import { RollcallError } from './errors.ts';

/** `rule`: text that stands in the rule itself. `escaped`: a value that went through `escapeDnValue`. `data`: anything else. */
export interface NamePart {
  readonly from: 'rule' | 'escaped' | 'data';
  readonly text: string;
}

/**
 * Data after `type=` is one value, and is escaped; where a level begins, it is a name of its own, and a whole one. Throws
 * invalidValue for data that could change the levels around it.
 */
export function nameOfParts(parts: readonly NamePart[]): string {
  let name = '';
  let whole = false;
  for (const { from, text } of parts) {
    if (text === '') continue;
    // What follows a whole name could be taken for more of its last value.
    if (whole && (from !== 'rule' || !/^\s*[,;+]/.test(text)))
      throw unclear('the rule does not part it from what follows', 'write "," between them');
    whole = false;
    if (from === 'rule') name += text;
    else if (inValue(name)) name += from === 'escaped' ? text : escapeDnValue(text);
    else if (from === 'data' && atLevel(name)) {
      if (!isName(text)) throw unclear('it is no DN, and begins a level', 'write what it is before it, such as "CN=" + …');
      name += text;
      whole = true;
    } else throw unclear('no value can stand there', 'put the DN together as "CN=" + person.displayName + ",OU=People,…"');
  }
  return name;
}

/** Whether what the rule itself says makes a name of it, with a name in every other place. */
export function isNameByRule(parts: readonly NamePart[]): boolean {
  try {
    return isName(nameOfParts(parts.map((part) => (part.from === 'rule' ? part : { from: 'data', text: 'x=x' }))));
  } catch {
    return false;
  }
}

function inValue(name: string): boolean {
  return isName(name) && isName(`${name}x`);
}

function atLevel(name: string): boolean {
  if (name.trim() === '') return true;
  const last = parseDn(`${name}x=x`)?.at(-1)?.at(-1);
  return last?.type === 'x' && last.value === 'x';
}

function isName(text: string): boolean {
  const names = parseDn(text);
  return names !== null && names.length > 0;
}

function unclear(why: string, remedy: string): RollcallError {
  return new RollcallError('invalidValue', `a value of the DN is refused: ${why}`, { remedy });
}

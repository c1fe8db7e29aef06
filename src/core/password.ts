/** Passwords by a policy: every one that the policy allows is as likely as any other. */

export const CHARACTER_CLASSES = ['lower', 'upper', 'digit', 'symbol'] as const;
export type CharacterClass = (typeof CHARACTER_CLASSES)[number];

export interface PasswordPolicy {
  readonly length: number;
  /** Of each at least one character, and no other characters. */
  readonly classes: readonly CharacterClass[];
  /** Without characters that are taken for one another when they are read out or copied by hand. */
  readonly unambiguous: boolean;
}

/** Symbols that shells, quotes, XML and CSV leave alone, and that every keyboard has. */
const CHARACTERS: { readonly [name in CharacterClass]: string } = {
  lower: 'abcdefghijklmnopqrstuvwxyz',
  upper: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  digit: '0123456789',
  symbol: '!#%*+-./:=?@_~',
};
const AMBIGUOUS = /[0Oo1lI|5S2Z8B.:_~-]/g;

export function charactersOf({ unambiguous }: Pick<PasswordPolicy, 'unambiguous'>, name: CharacterClass): string {
  return unambiguous ? CHARACTERS[name].replace(AMBIGUOUS, '') : CHARACTERS[name];
}

/** How hard it is to guess, in bits. */
export function bitsOf(policy: PasswordPolicy): number {
  return policy.length * Math.log2(alphabetOf(policy).length);
}

/**
 * @param below a whole number from 0 to below its argument, each as likely as the others, that nobody can foretell.
 *
 * One that lacks a class is thrown away as a whole: to put a missing character in afterwards would make some passwords likelier than
 * others. With every class of the shortest policy more than one in three is kept.
 */
export function makePassword(policy: PasswordPolicy, below: (limit: number) => number): string {
  const alphabet = alphabetOf(policy);
  const classes = policy.classes.map((name) => charactersOf(policy, name));
  for (;;) {
    let made = '';
    for (let i = 0; i < policy.length; i++) made += alphabet[below(alphabet.length)];
    if (classes.every((characters) => [...made].some((one) => characters.includes(one)))) return made;
  }
}

function alphabetOf(policy: PasswordPolicy): string {
  return policy.classes.map((name) => charactersOf(policy, name)).join('');
}

/**
 * For each kind of parked item: what it means, and what a person may choose. One table, from which come the listing, the
 * decision that is recorded, and the help. A kind without a decision resolves by itself once its cause is mended.
 */
import type { DecisionRow } from '#store/contract';

export interface Choice {
  readonly name: string;
  readonly about: string;
  readonly kind: DecisionRow['kind'];
  /** What else must be named: a person, or a value. */
  readonly needs?: 'person' | 'value';
}
export interface ParkedMeaning {
  /** One sentence for a person who is not a programmer. */
  readonly meaning: string;
  /** What cures it without any decision. */
  readonly cure: string;
  readonly choices: readonly Choice[];
}

const ignore = (about: string): Choice => ({ name: 'ignore', about, kind: 'ignore' });
const link = (about: string): Choice => ({ name: 'link', about, kind: 'link', needs: 'person' });
const fixed = (about: string): Choice => ({ name: 'value', about, kind: 'fixed', needs: 'value' });

const MEANINGS: { readonly [kind: string]: ParkedMeaning } = {
  ambiguous: {
    meaning: 'Its keys name several people, so it was linked to none of them.',
    cure: 'Mend the key in the source, or choose.',
    choices: [link('It belongs to this person.'), ignore('It belongs to nobody; do not ask again.')],
  },
  second: {
    meaning: 'This person already has an object in this system, and only one is expected.',
    cure: "Mend the source, or say 'many: true' if people may have several there.",
    choices: [link('It belongs to this other person.'), ignore('Leave it aside; do not ask again.')],
  },
  duplicateAccount: {
    meaning: 'This person already has an account in this target; a second one was found and not touched.',
    cure: 'Remove one of the two accounts in the target.',
    choices: [link('It belongs to this other person.'), ignore('Leave the second account alone; do not ask again.')],
  },
  unjoined: {
    meaning: 'Nobody matches it, and this system may not make new people.',
    cure: 'It links by itself when somebody with its keys appears.',
    choices: [link('It belongs to this person.'), ignore('It belongs to nobody; do not ask again.')],
  },
  linkDoubtful: {
    meaning: 'It is linked to a person, but their keys no longer agree. The link stays until you decide.',
    cure: 'Mend the key in the source.',
    choices: [
      { name: 'keep', about: 'The link is right.', kind: 'link' },
      { name: 'unlink', about: 'The link is wrong; never make it again.', kind: 'barred' },
    ],
  },
  accountExists: {
    meaning: 'The account to be created exists in the target already. It was not touched.',
    cure: 'Remove or rename the existing account in the target.',
    choices: [
      { name: 'adopt', about: "The existing account is this person's; take it over.", kind: 'adopt' },
      ignore('It is somebody else; create none for this person.'),
    ],
  },
  debt: {
    meaning: 'It refers to somebody who is not known yet, or who has no account in this target yet. The target keeps its value.',
    cure: 'Resolves by itself when the other side appears.',
    choices: [],
  },
  uniqueTaken: {
    meaning: 'Somebody else has this value already, and it must be unique.',
    cure: 'Mend one of the two sources, or give the value by hand.',
    choices: [fixed('Give this person this value and keep it.'), ignore('Leave the value empty; do not ask again.')],
  },
  noCandidate: {
    meaning: 'No free value could be made for it.',
    cure: 'Fill the attributes it is made from, or give the value by hand.',
    choices: [fixed('Give this person this value and keep it.'), ignore('Leave the value empty; do not ask again.')],
  },
  invalidValue: {
    meaning: 'A value is not valid for its attribute or too long for the target. That attribute is held back; the others go on.',
    cure: 'Mend the value in the source, or the rule that makes it.',
    choices: [ignore('Do without this attribute; do not ask again.')],
  },
  notConverging: {
    meaning: 'The target changed our value back three times in a row.',
    cure: 'Find who else writes this attribute in the target, and let only one of you do it.',
    choices: [ignore("Leave the target's value alone.")],
  },
  enabledByHand: {
    meaning: 'Somebody enabled this account by hand after Rollcall disabled it. It was left enabled.',
    cure: 'Disable it in the target, or bring the person back in the source.',
    choices: [
      { name: 'keep', about: 'It stays enabled; Rollcall does not touch it any more.', kind: 'exclude' },
      { name: 'disable', about: 'Disable it again.', kind: 'approve' },
    ],
  },
  refused: {
    meaning: 'The target refused the change.',
    cure: 'Do what its message says; the change is tried again when it differs.',
    choices: [
      { name: 'retry', about: 'Try again in the next run.', kind: 'approve' },
      ignore('Do without this change; do not ask again.'),
    ],
  },
  staleOwners: {
    meaning: 'A delete is due, but the sources that speak for this person have not been read completely of late.',
    cure: "A complete read decides: 'rollcall run'.",
    choices: [],
  },
  circular: {
    meaning: 'Its rules depend on each other in a circle and never come to rest.',
    cure: 'Mend the rules: no attribute may depend on itself by way of others.',
    choices: [],
  },
};

const UNKNOWN: ParkedMeaning = {
  meaning: 'It waits for a person to look at it.',
  cure: 'See the detail.',
  choices: [ignore('Leave it as it is; do not ask again.')],
};

export function meaningOf(kind: string): ParkedMeaning {
  return Object.hasOwn(MEANINGS, kind) ? MEANINGS[kind]! : UNKNOWN;
}

export function parkedKinds(): readonly string[] {
  return Object.keys(MEANINGS);
}

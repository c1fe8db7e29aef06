/**
 * For each kind of parked item: what it means, and what a person may choose. One table, from which come the listing, the
 * decision that is recorded, and the help. A kind without a decision resolves by itself once its cause is mended.
 */
/** What choosing does: a decision that rules obey from then on, or a change that is tried again. */
export type Effect = 'link' | 'keep' | 'unlink' | 'exclude' | 'adopt' | 'fix' | 'rename' | 'ignore' | 'retry';

export interface Choice {
  readonly name: string;
  readonly about: string;
  readonly effect: Effect;
  /** What else must be named. */
  readonly needs?: 'person' | 'value';
  /** What else may be named. */
  readonly takes?: 'value';
}
export interface ParkedMeaning {
  /** One sentence for a person who is not a programmer. */
  readonly meaning: string;
  /** What cures it without any decision. */
  readonly cure: string;
  readonly choices: readonly Choice[];
}

const link = (about: string): Choice => ({ name: 'link', about, effect: 'link', needs: 'person' });
const exclude = (about: string): Choice => ({ name: 'exclude', about, effect: 'exclude' });
const fixed: Choice = {
  name: 'fix',
  about: 'Its value is this one, whatever rules and sources say.',
  effect: 'fix',
  needs: 'value',
};
/** Takes it off the list and changes nothing else; the cause stays. */
const ignore: Choice = { name: 'ignore', about: 'Leave it as it is and do not list it again.', effect: 'ignore' };

const MEANINGS: { readonly [kind: string]: ParkedMeaning } = {
  ambiguous: {
    meaning: 'Its keys name several people, so it was linked to none of them.',
    cure: 'Mend the key in the source, or choose.',
    choices: [link('It belongs to this person.'), exclude('It belongs to nobody; leave it out for good.'), ignore],
  },
  second: {
    meaning: 'This person already has an object in this system, and only one is expected.',
    cure: "Mend the source, or say 'many: true' if people may have several there.",
    choices: [link('It belongs to this other person.'), exclude('Leave it out for good.'), ignore],
  },
  duplicateAccount: {
    meaning: 'This person already has an account in this target; a second one was found and not touched.',
    cure: 'Remove one of the two accounts in the target.',
    choices: [
      link('It belongs to this other person.'),
      exclude('Leave the second account alone for good.'),
      { name: 'unlink', about: "It is not this person's account.", effect: 'unlink' },
      ignore,
    ],
  },
  unjoined: {
    meaning: 'Nobody matches it, and this system may not make new people. It was not touched.',
    cure: 'It links by itself when somebody with its keys appears.',
    choices: [link('It belongs to this person.'), exclude('It belongs to nobody; leave it out for good.'), ignore],
  },
  linkDoubtful: {
    meaning: 'It is linked to a person, but its keys name somebody else by now, nobody, or several. The link stays.',
    cure: 'Mend the key in the source.',
    choices: [
      { name: 'keep', about: 'The link is right, whatever the keys say.', effect: 'keep' },
      { name: 'unlink', about: 'It belongs to somebody else, or to nobody; it is looked at anew.', effect: 'unlink' },
      ignore,
    ],
  },
  accountExists: {
    meaning: 'The account to be created exists in the target already. It was not touched.',
    cure: 'Remove or rename the existing account in the target, or choose.',
    choices: [
      { name: 'adopt', about: "The existing account is this person's; take it over.", effect: 'adopt' },
      {
        name: 'rename',
        about:
          "The existing account is somebody else's; this person gets the value given, or the next one that is made. The value they had stays theirs: nobody else gets it.",
        effect: 'rename',
        takes: 'value',
      },
      ignore,
    ],
  },
  debt: {
    meaning:
      'It refers to somebody who is not known yet, to several at once, or to somebody without an account in this target yet. The target keeps its value.',
    cure: 'Resolves by itself when the other side appears, or when only one of the candidates has the key.',
    choices: [ignore],
  },
  uniqueTaken: {
    meaning: 'Somebody else has this value already, and it must be unique.',
    cure: 'Mend one of the two sources.',
    choices: [fixed, ignore],
  },
  noCandidate: {
    meaning: 'No free value could be made for it.',
    cure: 'Fill the attributes it is made from in the source, or add a candidate to the rule.',
    choices: [fixed, ignore],
  },
  invalidValue: {
    meaning: 'A value is not valid for its attribute or too long for the target. That attribute is held back; the others go on.',
    cure: 'Mend the value in the source, or the rule that makes it.',
    choices: [ignore],
  },
  notConverging: {
    meaning: 'The target changed our value back three times in a row, or never showed members that it said it took.',
    cure: 'Find who else writes this attribute in the target, and let only one of you do it; a new value at its origin is written again.',
    choices: [ignore],
  },
  enabledByHand: {
    meaning: 'Somebody enabled this account by hand after Rollcall disabled it. It was left enabled.',
    cure: 'Disable it in the target, or bring the person back in the source.',
    choices: [exclude('It stays enabled; never touch this account again.'), ignore],
  },
  refused: {
    meaning: 'The target refused the change.',
    cure: 'Do what its message says. Where a right or a place was missing it is tried again by itself, and at once by a run that names the target; else a different change is.',
    choices: [{ name: 'retry', about: 'Try the same change again in the next run.', effect: 'retry' }, ignore],
  },
  staleOwners: {
    meaning: 'A delete is due, but the sources that speak for this person have not been read completely of late.',
    cure: "A complete read decides: 'rollcall run'.",
    choices: [ignore],
  },
  circular: {
    meaning: 'Its rules depend on each other in a circle and never come to rest.',
    cure: 'Mend the rules: no attribute may depend on itself by way of others.',
    choices: [ignore],
  },
};

/** Of an account that was not made, since what stands there, or is to be made there in the same run, is somebody else's. */
const NAMESAKE: Pick<ParkedMeaning, 'meaning' | 'cure'> = {
  meaning: 'Somebody else has, or is to get, the account with this name or unique value. None was made for this person.',
  cure: 'Give one of the two another name or value: mend it in the source, or choose.',
};

const UNKNOWN: ParkedMeaning = { meaning: 'It waits for a person to look at it.', cure: 'See the detail.', choices: [ignore] };

export function meaningOf(kind: string): ParkedMeaning {
  return Object.hasOwn(MEANINGS, kind) ? MEANINGS[kind]! : UNKNOWN;
}

/** What was not sent at all: the value cannot be made of what there is. */
const UNSENT: Pick<ParkedMeaning, 'meaning' | 'cure'> = {
  meaning: 'A value of it cannot be made, and was not sent. The others go.',
  cure: 'Mend it where it comes from; another one is sent by itself.',
};

/** Of an item: `holders` are those whose the account is that stands in the way; `unsent`: nothing of it was sent. */
export function meaningFor(kind: string, holders: readonly number[], unsent: boolean): Pick<ParkedMeaning, 'meaning' | 'cure'> {
  if (unsent) return UNSENT;
  return kind === 'accountExists' && holders.length > 0 ? NAMESAKE : meaningOf(kind);
}

export function parkedKinds(): readonly string[] {
  return Object.keys(MEANINGS);
}

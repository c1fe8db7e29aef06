/** The cases, by section of docs/SEMANTICS.md: one file a section in cases/. */
import type { Case } from './case.ts';
import { result } from './cases/01-result.ts';
import { equal } from './cases/02-equal.ts';
import { whoSaysWhat } from './cases/03-who-says-what.ts';
import { lookedAtAgain } from './cases/04-looked-at-again.ts';
import { time } from './cases/05-time.ts';
import { gone } from './cases/06-gone.ts';
import { beforeWriting } from './cases/07-before-writing.ts';
import { writing } from './cases/09-writing.ts';
import { references } from './cases/10-references.ts';
import { life } from './cases/11-life.ts';
import { unique } from './cases/12-unique.ts';

export const cases: readonly Case[] = [
  ...result,
  ...equal,
  ...whoSaysWhat,
  ...lookedAtAgain,
  ...time,
  ...gone,
  ...beforeWriting,
  ...writing,
  ...references,
  ...life,
  ...unique,
];

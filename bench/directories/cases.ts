/** The cases of the suite `directories`, in the order they are run. */
import { directoryDelta, domainDelta } from './cases/delta.ts';
import { directoryExport } from './cases/export.ts';
import { directoryLive } from './cases/live.ts';
import { directoryMember, directoryMemberLog, domainMember } from './cases/member.ts';
import { directoryRead } from './cases/read.ts';
import { tableRead } from './cases/table.ts';
import type { DirectoryCase } from './directory-case.ts';

export const DIRECTORY_CASES: readonly DirectoryCase[] = [
  directoryRead,
  directoryDelta,
  domainDelta,
  directoryLive,
  directoryExport,
  directoryMember,
  directoryMemberLog,
  domainMember,
  tableRead,
];

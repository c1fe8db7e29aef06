/** rollcall photo, rollcall photo set */
import { readFile, stat } from 'node:fs/promises';
import { photo as photoOperation, photoSet as setOperation } from '#operations/photo';
import { type Command, command, UsageError } from '../command.ts';
import { writeOut } from '../write-file.ts';
import { wholeNumber } from './numbers.ts';
import { operator } from './run.ts';

const PERSON = { name: 'PERSON', about: "An id (#42), 'hr:E123', a login, a mail or a name.", required: true } as const;
const LARGEST = 20_000_000;

export const photo: Command = command({
  name: 'photo',
  summary: "write somebody's photo into a file",
  about: ['As a JPEG, upright, without what else the original tells (place, camera).'],
  positionals: [PERSON, { name: 'FILE', about: 'Where to write it.', required: true, complete: 'file' }],
  options: [{ name: 'size', value: 'PIXELS', about: 'The longer side: 48, 96, 192 or 384 (default: 192).' }],
  examples: [{ line: 'rollcall photo zcelik zoe.jpg --size 384', about: 'the largest' }],
  operation: photoOperation,
  input: (args) => ({ person: args.positionals[0], size: wholeNumber(args, 'size') }),
  async finish({ base64 }, _, args) {
    await writeOut(args.positionals[1]!, Buffer.from(base64, 'base64'), { isPrivate: false });
  },
  print(_, { terminal }, args) {
    terminal.out(`${terminal.paint.green('✓')} ${args.positionals[1]} is written.\n`);
  },
});

export const photoSet: Command = command({
  name: 'photo set',
  summary: "set somebody's photo, or take it away",
  about: ['An edit like any other: the connection of type people keeps it, and targets get it as they take it.'],
  positionals: [
    PERSON,
    { name: 'FILE', about: 'A JPEG, PNG, WebP or GIF; left out with --remove.', required: false, complete: 'file' },
  ],
  options: [{ name: 'remove', about: 'There is to be none.' }],
  examples: [
    { line: 'rollcall photo set zcelik zoe.jpg', about: 'a new one' },
    { line: 'rollcall photo set zcelik --remove', about: 'none' },
  ],
  operation: setOperation,
  async input(args, surroundings) {
    const [person, file] = args.positionals;
    if ((file === undefined) !== args.has('remove'))
      throw new UsageError('It takes either a file or --remove.', 'Name a file, or add --remove.');
    return { person, base64: file === undefined ? null : await base64Of(file), by: operator(surroundings) };
  },
  print({ hash }, { terminal }) {
    terminal.out(`${terminal.paint.green('✓')} ${hash === null ? 'The photo is taken away.' : 'The photo is set.'}\n`);
  },
});

async function base64Of(file: string): Promise<string> {
  const { size } = await stat(file).catch(() => ({ size: -1 }));
  if (size < 0) throw new UsageError(`There is no file ${file}.`, 'Check its name.');
  if (size > LARGEST) throw new UsageError(`${file} is larger than any photo.`, 'Take a smaller one.');
  return (await readFile(file)).toString('base64');
}

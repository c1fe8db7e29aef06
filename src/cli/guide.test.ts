import { expect, it } from 'vitest';
import { COMMANDS } from './commands/index.ts';
import { commandLineGuide } from './guide.ts';

it('docs/guide/command-line.md says what the commands do', async () => {
  await expect(commandLineGuide(COMMANDS)).toMatchFileSnapshot('../../docs/guide/command-line.md');
});

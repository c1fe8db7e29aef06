import { expect, it } from 'vitest';
import { COMMANDS } from './commands/index.ts';
import { commandLineGuide } from './guide.ts';
import { jsonGuide } from './json-guide.ts';

it('docs/guide/command-line.md says what the commands do', async () => {
  await expect(commandLineGuide(COMMANDS)).toMatchFileSnapshot('../../docs/guide/command-line.md');
});

it('docs/guide/json.md says what each of them prints with --json', async () => {
  const text = jsonGuide(COMMANDS);
  for (const { name } of COMMANDS) expect(text).toContain(`\n## ${name} --json\n`);
  await expect(text).toMatchFileSnapshot('../../docs/guide/json.md');
});

/** The example of docs/guide/faults.md says what the page says that it does, and is the one that the page shows. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const pathOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const page = readFileSync(pathOf('../../docs/guide/faults.md'), 'utf8');
const blocks = [...page.matchAll(/```(ts|text)\n([\s\S]*?)```/g)].map(([, language, text]) => ({ language, text: text! }));

it('runs as shown', () => {
  const shown = blocks.find(({ language, text }) => language === 'ts' && text.includes('mkdtempSync'))!.text;
  expect(readFileSync(pathOf('faults.ts'), 'utf8')).toContain(shown);
  const [, command] = /`node (bin\/run\.cjs \S+)`/.exec(page)!;
  const { stdout, stderr } = spawnSync(process.execPath, command!.split(' '), { cwd: ROOT, encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(stdout).toBe(blocks.find(({ language }) => language === 'text')!.text);
});

/** What is left of a server when the process that started it is killed: nothing. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { expect } from 'vitest';

/** `module` is a file of scripts/servers; its `start` is called with these options. */
export async function expectNothingLeft(module: string, start: string, options: object): Promise<void> {
  const program = `import { ${start} } from '${new URL(`../../scripts/servers/${module}`, import.meta.url)}';
    const { pid, folder } = await ${start}(${JSON.stringify(options)});
    console.log(JSON.stringify({ pid, folder }));
    setInterval(() => {}, 1000);`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: owner.stdout }), 'line')) as [string];
  const { pid, folder } = JSON.parse(line) as { readonly pid: number; readonly folder: string };
  expect(state(pid)).toMatch(/^[SR]$/);
  owner.kill('SIGKILL');
  await expect.poll(() => existsSync(folder), { timeout: 30_000, interval: 20 }).toBe(false);
  // It was killed before its folder went, which takes it a moment.
  await expect.poll(() => state(pid), { timeout: 30_000 }).toMatch(/^[ZX]?$/);
}

/** Of a process, of one letter (proc(5)): one that ended is Z until its parent asks, and '' after that. */
function state(pid: number): string {
  try {
    return /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))![1]!;
  } catch {
    return '';
  }
}

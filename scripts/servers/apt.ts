/** What tests need and a machine may not have, on Debian and Ubuntu: root may install it. */
import { spawnSync } from 'node:child_process';

export const mayInstall = (): boolean => process.getuid?.() === 0 && works('apt-get');

const works = (program: string): boolean => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;

/** Another installation may be at work. */
const WAITING = ['-o', 'DPkg::Lock::Timeout=600'];

/** What it says goes to stderr: stdout belongs to whoever asked. @throws what failed. */
export function apt(...args: readonly string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const done = spawnSync('apt-get', ['-q', ...WAITING, ...args], { env, stdio: ['ignore', 2, 2] });
  if (done.status !== 0)
    throw new Error(`apt-get ${args.join(' ')} failed: ${done.error?.message ?? `exit code ${done.status}`}`);
}

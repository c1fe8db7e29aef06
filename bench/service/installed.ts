/** The command as an installed package has it: compiled, started by its launcher, what V8 compiled of it kept from start to start. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { must } from '../case.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface Command {
  /** `rollcall …argv` in a folder. */
  start(folder: string, ...argv: string[]): ChildProcess;
}

/** Of the checkout, which runs the sources. */
export const checkout: Command = commandAt(join(ROOT, 'bin'), {});

/** `folder`: it lies there, with caches of its own. */
export function install(folder: string): Command {
  const built = spawnSync(process.execPath, [...process.execArgv, join(ROOT, 'scripts/build.ts')], { stdio: 'ignore' });
  must(built.status === 0, 'it is compiled');
  // Beside no sources the launcher takes what is compiled.
  const bin = join(folder, 'installed', 'bin');
  cpSync(join(ROOT, 'bin'), bin, { recursive: true });
  symlinkSync(join(ROOT, 'dist'), join(folder, 'installed', 'dist'));
  return commandAt(bin, { XDG_CACHE_HOME: join(folder, 'caches') });
}

function commandAt(bin: string, more: NodeJS.ProcessEnv): Command {
  const { NODE_COMPILE_CACHE: _, ...env } = process.env;
  return {
    start: (folder, ...argv) =>
      spawn(process.execPath, [join(bin, 'rollcall.cjs'), ...argv], { cwd: folder, stdio: 'ignore', env: { ...env, ...more } }),
  };
}

/** Drivers that whoever needs them installs beside Rollcall: most need none of them. */
import { findPackageJSON } from 'node:module';
import { RollcallError } from '#core/errors';

/** @throws `configuration` with what to install. */
export async function optional<Module>(name: string, what: string, load: () => Promise<unknown>): Promise<Module> {
  if (!isInstalled(name))
    throw new RollcallError('configuration', `${what} is reached with the package ${name}, which is not installed`, {
      remedy: `install it as Rollcall is: npm install --global ${name}, or without --global in the folder that has Rollcall`,
    });
  const loaded = (await load()) as { readonly default?: Module };
  return loaded.default ?? (loaded as Module);
}

function isInstalled(name: string): boolean {
  try {
    return findPackageJSON(name, import.meta.url) !== undefined;
  } catch {
    return false;
  }
}

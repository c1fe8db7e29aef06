/** Drivers that whoever needs them installs beside Rollcall: most need none of them. */
import { RollcallError } from '#core/errors';

/** @throws `configuration` with what to install. */
export async function optional<Module>(name: string, what: string, load: () => Promise<unknown>): Promise<Module> {
  try {
    const loaded = (await load()) as { readonly default?: Module };
    return loaded.default ?? (loaded as Module);
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new RollcallError('configuration', `${what} is reached with the package ${name}, which is not installed`, {
      remedy: `install it where Rollcall is: npm install ${name}`,
    });
  }
}

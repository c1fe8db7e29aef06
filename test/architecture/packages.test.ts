import { describe, expect, it } from 'vitest';
import { read } from './tree.ts';

interface Locked {
  readonly packages: {
    readonly [path: string]: {
      readonly resolved?: string;
      readonly integrity?: string;
      readonly hasInstallScript?: boolean;
      readonly version?: string;
      readonly link?: true;
    };
  };
}
/** Of this repository. */
const OWN = (JSON.parse(read('package.json')) as { workspaces: string[] }).workspaces;
const lock = JSON.parse(read('package-lock.json')) as Locked;
const installed = Object.entries(lock.packages).filter(([path, { link }]) => path !== '' && !OWN.includes(path) && link !== true);

describe('packages', () => {
  it('are read from the lock file', () => expect(installed.length).toBeGreaterThan(30));

  it('run no script on install, with these exceptions', () => {
    // fsevents: file watching on macOS for the test runner; optional, never installed elsewhere, not part of Rollcall.
    const known = ['node_modules/fsevents'];
    const scripted = installed.filter(([, entry]) => entry.hasInstallScript).map(([path]) => path);
    expect(scripted.filter((path) => !known.includes(path))).toEqual([]);
  });

  it('are pinned by content, not by the host they came from', () => {
    expect(installed.filter(([, entry]) => entry.resolved !== undefined).map(([path]) => path)).toEqual([]);
    expect(installed.filter(([, entry]) => entry.integrity === undefined).map(([path]) => path)).toEqual([]);
  });

  it('are asked for in one exact version each', () => {
    const all = ['.', ...OWN].flatMap((folder) => {
      const asked = JSON.parse(read(`${folder}/package.json`)) as { [part: string]: { [name: string]: string } | undefined };
      return ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((part) => Object.entries(asked[part] ?? {}));
    });
    expect(all.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  it('bring the same Node.js for every platform named', () => {
    const nodes = installed.filter(([path]) => /^node_modules\/node-(linux|win|darwin)-/.test(path));
    expect(new Set(nodes.map(([, entry]) => entry.version)).size).toBe(1);
  });
});

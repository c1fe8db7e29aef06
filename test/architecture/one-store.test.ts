import { expect, it } from 'vitest';
import { ONE_STORE } from '../one-store.ts';
import { projectFiles } from './tree.ts';

it('what is tested on one store only is there, and says why', () => {
  const files = new Set(projectFiles());
  for (const [file, why] of ONE_STORE) {
    expect(files).toContain(file);
    expect(why).not.toBe('');
  }
});

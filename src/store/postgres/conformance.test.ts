import { testOnPostgres } from '../../../test/servers/postgres.ts';
import { emptyStore } from '../../../test/store.ts';
import { storeConformance } from '../conformance.ts';
import { open } from './open.ts';

async function place() {
  const { url, remove } = await emptyStore();
  return {
    open: (options: object = {}) => open({ url, program: 'conformance', create: true, ...options }),
    remove,
  };
}

storeConformance({ test: testOnPostgres, place });

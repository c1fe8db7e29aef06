/**
 * What every store must do, as a suite that takes a test runner and a way to get an empty store. A new store's test file is
 * a few lines; what it cannot do is not skipped but mended.
 */
import { accessSuite } from './conformance/access.ts';
import { agreedSuite } from './conformance/agreed.ts';
import { auditSuite } from './conformance/audit.ts';
import { besideSuite } from './conformance/beside.ts';
import { claimsSuite } from './conformance/claims.ts';
import { edgesSuite } from './conformance/edges.ts';
import { eraseSuite } from './conformance/erase.ts';
import { exportsSuite } from './conformance/exports.ts';
import { gatesSuite } from './conformance/gates.ts';
import { idsSuite } from './conformance/ids.ts';
import { membersSuite } from './conformance/members.ts';
import { overtakenSuite } from './conformance/overtaken.ts';
import { pushedSuite } from './conformance/pushed.ts';
import { queuesSuite } from './conformance/queues.ts';
import { quotasSuite } from './conformance/quotas.ts';
import { recordSuite } from './conformance/record.ts';
import { refusedSuite } from './conformance/refused.ts';
import type { Suite } from './conformance/sample.ts';
import { searchSuite } from './conformance/search.ts';
import { sideBySideSuite } from './conformance/side-by-side.ts';
import { spacesSuite } from './conformance/spaces.ts';
import { syncSuite } from './conformance/sync.ts';
import { wholeSuite } from './conformance/whole.ts';

export type { Place, Suite } from './conformance/sample.ts';

export function storeConformance(suite: Suite): void {
  spacesSuite(suite);
  edgesSuite(suite);
  sideBySideSuite(suite);
  syncSuite(suite);
  idsSuite(suite);
  exportsSuite(suite);
  overtakenSuite(suite);
  refusedSuite(suite);
  gatesSuite(suite);
  membersSuite(suite);
  pushedSuite(suite);
  agreedSuite(suite);
  besideSuite(suite);
  recordSuite(suite);
  accessSuite(suite);
  searchSuite(suite);
  eraseSuite(suite);
  claimsSuite(suite);
  auditSuite(suite);
  quotasSuite(suite);
  queuesSuite(suite);
  wholeSuite(suite);
}

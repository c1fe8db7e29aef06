/** What people and decisions need of the engine: the same functions that decided a value or covered a change, so that reasons are the real ones. */
export { madePhoto } from '#engine/export/photos';
export { PROOFS, type Proof, proofOf } from '#engine/export/proof';
export { SEND_DEADLINE_MS } from '#engine/export/sending';
export {
  type Baseline,
  type Outage,
  type Outages,
  outagesText,
  outageTimes,
  parseBaseline,
  parseOutages,
} from '#engine/import/health';
export { keyBy } from '#engine/import/plan';
export { typeIn } from '#engine/import/settle';
export { parseSteps } from '#engine/lifecycle/steps';
export { discardOf, isDiscarded, partsLeft, undiscarded } from '#engine/safety/discards';
export { limitOf } from '#engine/safety/gates';
export { approvalOf, changeDigest, FIRST_PLAN, isApprovalOf } from '#engine/safety/parts';
export { type Contributor, contributorOf, effectiveImage, offersOf, orderContributors } from '#engine/sync/contributions';
export { fixedValue } from '#engine/sync/decisions';
export { joinScope, newGeneration, uniqueScope } from '#engine/sync/generation';
export { neverOwned } from '#engine/sync/life';
export { without } from '#engine/sync/ours';
export { createKeyResolver, createResolver, owedOf } from '#engine/sync/references';
export { givenBy, inTheWay, isFreeFor, nextCandidate, type RenameContext } from '#engine/sync/rename';
export { storedScopes } from '#engine/sync/scope';
export { endingsOf } from './endings.ts';
export { mappedBy } from './services.ts';
export { type ReadDoubt, readDoubts } from './unbelieved.ts';
export { type MemberSources, wantedMembers } from './wanted-members.ts';

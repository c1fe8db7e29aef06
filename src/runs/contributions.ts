/** What explain needs of the engine: the same functions that decided a value, so that its reasons are the real ones. */
export { type Contributor, contributorOf, offersOf, orderContributors } from '#engine/sync/contributions';

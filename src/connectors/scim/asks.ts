/** What a person is asked who has no rollcall.yaml yet. */
import type { Asked } from '#connectors/contract';

const QUESTIONS: readonly [Asked, ...Asked[]] = [
  { key: 'url', question: 'Where is the server? (https://host/scim/v2, its base URL)' },
  { key: 'token', question: 'Its bearer token' },
];

export const asks = (): readonly [Asked, ...Asked[]] => QUESTIONS;

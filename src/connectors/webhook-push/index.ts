/**
 * A system whose objects come as JSON records, by requests that it makes when something changes. The requests come over HTTP
 * (server/hooks); here is what becomes of each record. The guide is docs/guide/webhook-push.md.
 *
 *   config    where what stands in a record
 *   records   a record → attributes
 *   receive   a record and the object as it is → what is staged, and the answer
 */
import type { ConnectorDefinition } from '#connectors/contract';
import { type WebhookPushConfig, webhookPushConfig } from './config.ts';
import { receiver } from './receive.ts';

export const webhookPush: ConnectorDefinition<WebhookPushConfig> = {
  type: 'webhook-push',
  title: 'Webhooks: a system pushes JSON records',
  maturity: 'alpha',
  config: webhookPushConfig,
  writes: 'never',
  open(config, { clears = [] }) {
    return {
      test: async () => 'waits for requests',
      // What records hold, only they say.
      discoverSchema: async () => ({ complete: false, kinds: { [config.kind]: {} } }),
      receive: receiver(config, clears),
      close: async () => undefined,
    };
  },
};

import { createApiWorld } from '../api-world.js';
import type { ApiWorld, Json } from '../api-world.js';
import type { ApiServerPorts } from '../../../src/apiserver/api-server.js';
import { fakeWebhooks } from '../fake-webhooks.js';
import type { FakeWebhooks, Handler } from '../fake-webhooks.js';

export const ADMISSION = '/apis/admissionregistration.k8s.io/v1';

const WEBHOOK = {
  rules: [
    {
      operations: ['*'],
      apiGroups: [''],
      apiVersions: ['v1'],
      resources: ['configmaps', 'pods/*'],
    },
  ],
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
};

/** An API server that can call webhooks. */
export interface Hooked {
  readonly world: ApiWorld;
  readonly webhooks: FakeWebhooks;
  /** Configures a webhook of this name that answers so. */
  readonly add: (
    kind: 'Mutating' | 'Validating',
    name: string,
    handler: Handler,
    more?: object,
  ) => Promise<void>;
  /** What it was asked. */
  readonly asked: (name: string) => Json[];
}

export async function hookedWorld(ports: Omit<ApiServerPorts, 'webhooks'> = {}): Promise<Hooked> {
  const webhooks = fakeWebhooks();
  const world = createApiWorld({}, { ...ports, webhooks });
  await world.start();
  return {
    world,
    webhooks,
    add: async (kind, name, handler, more = {}) => {
      webhooks.serve(`/${name}`, handler);
      const url = `${ADMISSION}/${kind.toLowerCase()}webhookconfigurations`;
      const clientConfig = { url: `https://hook.test/${name}` };
      const answer = await world.http('POST', url, {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: `${kind}WebhookConfiguration`,
        metadata: { name },
        webhooks: [{ ...WEBHOOK, name: `${name}.example.com`, clientConfig, ...more }],
      });
      if (answer.status !== 201) throw new Error(answer.text);
      await world.advance(100);
    },
    asked: (name) =>
      webhooks.calls
        .filter(({ path }) => path === `/${name}`)
        .map(({ request }) => request as Json),
  };
}

export const ALLOWED = { allowed: true };
export const patched = (...operations: object[]) => ({
  ...ALLOWED,
  patchType: 'JSONPatch',
  patch: Buffer.from(JSON.stringify(operations)).toString('base64'),
});

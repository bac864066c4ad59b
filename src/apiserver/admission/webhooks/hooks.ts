import { compileConditions } from '../../../api/index.js';
import type {
  CompiledExpression,
  KubernetesObject,
  LabelSelectorMatcher,
  V1MutatingWebhook,
} from '../../../api/index.js';
import type { Result } from '../../../base/index.js';
import { objectOf } from '../../watch-cache/cached-object.js';
import type { ResourceCache } from '../../watch-cache/resource-cache.js';
import { selectorOf } from '../matching.js';

/** The two phases, by the names that Kubernetes' metrics have for them. */
export type HookType = 'admit' | 'validating';

/** A webhook of a configuration. What a validating one has is a part of what a mutating one has. */
export interface Hook {
  readonly type: HookType;
  /** `CONFIGURATION/NAME/INDEX`: two webhooks of the same name are two webhooks. */
  readonly id: string;
  readonly configuration: string;
  readonly name: string;
  readonly spec: V1MutatingWebhook;
  /** A call that fails does not refuse the write. */
  readonly failsOpen: boolean;
  readonly namespaceSelector: Result<LabelSelectorMatcher, string>;
  readonly objectSelector: Result<LabelSelectorMatcher, string>;
  /** Compiled when it is first asked for. */
  conditions(): readonly CompiledExpression[];
}

/** The webhooks of one phase, in the order in which they are asked: by the names of their configurations. */
export interface HookSet {
  readonly hooks: readonly Hook[];
}

/** Follows the cache of the configurations, in the same turn in which the cache changes. */
export function followHooks(type: HookType, cache: ResourceCache): HookSet {
  const byKey = new Map<string, readonly Hook[]>();
  const set: { hooks: readonly Hook[] } = { hooks: [] };
  // Keys are in the order of names.
  const collect = (): void => {
    set.hooks = [...byKey.keys()].sort(byBytes).flatMap((key) => byKey.get(key) ?? []);
  };
  const restart = (): void => {
    byKey.clear();
    for (const cached of cache.list(cache.prefix))
      byKey.set(cached.key, hooksOf(type, objectOf(cached)));
    collect();
    cache.listen({
      onEvents(events) {
        for (const { key, current } of events) {
          if (current === undefined) byKey.delete(key);
          else byKey.set(key, hooksOf(type, objectOf(current)));
        }
        collect();
      },
      onReset: restart,
    });
  };
  restart();
  return set;
}

export function byBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

interface Configuration extends KubernetesObject {
  webhooks?: readonly V1MutatingWebhook[];
}

function hooksOf(type: HookType, configuration: Configuration): readonly Hook[] {
  const { metadata, webhooks } = configuration;
  // Others may write to the store, too: what they leave must not take the server down.
  if (!Array.isArray(webhooks)) return [];
  return (webhooks as readonly V1MutatingWebhook[]).map((spec, index) =>
    hookOf(type, metadata?.name ?? '', spec, index),
  );
}

function hookOf(
  type: HookType,
  configuration: string,
  spec: V1MutatingWebhook,
  index: number,
): Hook {
  let compiled: readonly CompiledExpression[] | undefined;
  return {
    type,
    id: `${configuration}/${spec.name}/${String(index)}`,
    configuration,
    name: spec.name,
    spec,
    failsOpen: spec.failurePolicy === 'Ignore',
    namespaceSelector: selectorOf(spec.namespaceSelector),
    objectSelector: selectorOf(spec.objectSelector),
    conditions: () => (compiled ??= compileConditions(spec.matchConditions ?? [])),
  };
}

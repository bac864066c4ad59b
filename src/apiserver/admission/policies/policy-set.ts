import type {
  CompiledMutations,
  CompiledPolicy,
  KubernetesObject,
  LabelSelectorMatcher,
  V1MatchResources,
  V1MutatingAdmissionPolicySpec,
  V1ParamKind,
  V1ParamRef,
  V1ValidatingAdmissionPolicySpec,
} from '../../../api/index.js';
import type { Result } from '../../../base/index.js';
import { objectOf } from '../../watch-cache/cached-object.js';
import type { ResourceCache } from '../../watch-cache/resource-cache.js';
import { selectorOf } from '../matching.js';
import { byBytes } from '../webhooks/hooks.js';

/** Which writes a policy or a binding is about. */
export interface Criteria {
  readonly resources: V1MatchResources;
  readonly namespaceSelector: Result<LabelSelectorMatcher, string>;
  readonly objectSelector: Result<LabelSelectorMatcher, string>;
}

/** A policy, with all that binds it. */
export interface BoundPolicy {
  readonly name: string;
  readonly failsOpen: boolean;
  /** Undefined: it was written by somebody who did not ask the API server, and has none. */
  readonly criteria: Criteria | undefined;
  readonly paramKind: V1ParamKind | undefined;
  readonly bindings: readonly Binding[];
}

export interface PolicyOf<Compiled> extends BoundPolicy {
  /** Compiled when it is first asked for. */
  compiled(): Compiled;
}

export type ValidatingPolicy = PolicyOf<CompiledPolicy>;
export type MutatingPolicy = PolicyOf<CompiledMutations>;
type Spec = V1ValidatingAdmissionPolicySpec & V1MutatingAdmissionPolicySpec;

export interface Binding {
  readonly name: string;
  readonly policyName: string;
  /** Undefined: all that the policy is about. */
  readonly criteria: Criteria | undefined;
  readonly paramRef: V1ParamRef | undefined;
  readonly actions: readonly string[];
}

/** The policies that are bound, in the order in which they are asked: by their names, and their bindings by theirs. */
export interface PolicySet<Compiled> {
  readonly policies: readonly PolicyOf<Compiled>[];
  /** One that need not be bound. */
  readonly find: (name: string) => BoundPolicy | undefined;
}

/** Follows the caches of policies and bindings, in the same turn in which they change. */
export function followPolicies<Compiled>(
  policies: ResourceCache,
  bindings: ResourceCache,
  compile: (spec: Spec) => Compiled,
): PolicySet<Compiled> {
  const unbound = follow(policies, (object) => policyOf(object, compile), collect);
  const bound = follow(bindings, bindingOf, collect);
  const set: { policies: readonly PolicyOf<Compiled>[] } & PolicySet<Compiled> = {
    policies: [],
    find: (name) => unbound.items().find((policy) => policy.name === name),
  };

  function collect(): void {
    const byPolicy = new Map<string, Binding[]>();
    for (const binding of bound.items()) {
      const others = byPolicy.get(binding.policyName);
      if (others === undefined) byPolicy.set(binding.policyName, [binding]);
      else others.push(binding);
    }
    if (byPolicy.size === 0) {
      set.policies = [];
      return;
    }
    set.policies = [...unbound.items()].flatMap((policy) => {
      const own = byPolicy.get(policy.name);
      return own === undefined ? [] : [{ ...policy, bindings: own }];
    });
  }
  collect();
  return set;
}

interface Followed<T> {
  /** In the order of their keys, which end with names. */
  items(): readonly T[];
}

function follow<T>(
  cache: ResourceCache,
  read: (object: KubernetesObject) => T | undefined,
  changed: () => void,
): Followed<T> {
  const byKey = new Map<string, T>();
  const take = (key: string, object: KubernetesObject | undefined): void => {
    const item = object === undefined ? undefined : read(object);
    if (item === undefined) byKey.delete(key);
    else byKey.set(key, item);
  };
  let isListening = false;
  const restart = (): void => {
    byKey.clear();
    for (const cached of cache.list(cache.prefix)) take(cached.key, objectOf(cached));
    cache.listen({
      onEvents(events) {
        for (const { key, current } of events)
          take(key, current === undefined ? undefined : objectOf(current));
        changed();
      },
      onReset: restart,
    });
    if (isListening) changed();
    isListening = true;
  };
  restart();
  return {
    items: () =>
      [...byKey.keys()].sort(byBytes).flatMap((key) => {
        const item = byKey.get(key);
        return item === undefined ? [] : [item];
      }),
  };
}

interface PolicyObject extends KubernetesObject {
  spec?: Spec | null;
}

function policyOf<Compiled>(
  { metadata, spec }: PolicyObject,
  compile: (spec: Spec) => Compiled,
): PolicyOf<Compiled> | undefined {
  // Others may write to the store, too: what they leave must not take the server down.
  if (typeof spec !== 'object' || spec === null) return undefined;
  let compiled: Compiled | undefined;
  return {
    name: metadata?.name ?? '',
    failsOpen: spec.failurePolicy === 'Ignore',
    criteria: criteriaOf(spec.matchConstraints),
    paramKind: spec.paramKind,
    bindings: [],
    compiled: () => (compiled ??= compile(spec)),
  };
}

interface BindingObject extends KubernetesObject {
  spec?: {
    readonly policyName?: string;
    readonly matchResources?: V1MatchResources | null;
    readonly paramRef?: V1ParamRef;
    readonly validationActions?: readonly string[];
  } | null;
}

function bindingOf({ metadata, spec }: BindingObject): Binding | undefined {
  if (typeof spec?.policyName !== 'string') return undefined;
  return {
    name: metadata?.name ?? '',
    policyName: spec.policyName,
    criteria: criteriaOf(spec.matchResources),
    paramRef: spec.paramRef,
    actions: spec.validationActions ?? [],
  };
}

function criteriaOf(resources: V1MatchResources | null | undefined): Criteria | undefined {
  if (resources === undefined || resources === null) return undefined;
  return {
    resources,
    namespaceSelector: selectorOf(resources.namespaceSelector),
    objectSelector: selectorOf(resources.objectSelector),
  };
}

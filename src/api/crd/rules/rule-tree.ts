import type { JsonSchema } from '../json-schema.js';
import type { CompiledRule } from './compile-rules.js';
import { SELF_TYPE, compileRules } from './compile-rules.js';
import { declare, withObjectMeta } from './declare.js';

/** The rules of a schema and of what is within it. Parts that have none are left out. */
export interface RuleTree {
  readonly schema: JsonSchema;
  readonly rules: readonly CompiledRule[];
  readonly items: RuleTree | undefined;
  readonly additional: RuleTree | undefined;
  readonly properties: ReadonlyMap<string, RuleTree>;
}

/** Schemas live as long as the rows that are made of a definition; their rules are compiled once, when they are needed. */
const trees = new WeakMap<JsonSchema, { readonly tree: RuleTree | undefined }>();

export function ruleTreeOf(schema: JsonSchema): RuleTree | undefined {
  let found = trees.get(schema);
  if (found === undefined) {
    found = { tree: build(schema, true) };
    trees.set(schema, found);
  }
  return found.tree;
}

function build(schema: JsonSchema, isResource: boolean): RuleTree | undefined {
  const inner = (next: JsonSchema | boolean | undefined): RuleTree | undefined =>
    typeof next === 'object'
      ? build(next, next['x-kubernetes-embedded-resource'] === true)
      : undefined;
  const properties = new Map<string, RuleTree>();
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const tree = inner(property);
    if (tree !== undefined) properties.set(name, tree);
  }
  const items = inner(schema.items);
  const additional = inner(schema.additionalProperties);
  const rules = compiledRules(schema, isResource);
  if (
    rules.length === 0 &&
    properties.size === 0 &&
    items === undefined &&
    additional === undefined
  )
    return undefined;
  const whole = isResource ? withObjectMeta(schema) : schema;
  return { schema: whole, rules, items, additional, properties };
}

function compiledRules(schema: JsonSchema, isResource: boolean): readonly CompiledRule[] {
  if ((schema['x-kubernetes-validations'] ?? []).length === 0) return [];
  const self = declare(schema, isResource, SELF_TYPE);
  return self === undefined ? [] : compileRules(schema, self);
}

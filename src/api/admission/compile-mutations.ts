import { listOf } from '../absent.js';
import type { V1MutatingAdmissionPolicySpec, V1Mutation } from '../generated/types.js';
import type { CompiledExpression } from './compile-expression.js';
import { compilerFor, compileVariables } from './compile-policy.js';
import type { PolicyCompiler } from './compile-policy.js';
import { compileConditions } from './match-conditions.js';

/** A MutatingAdmissionPolicy whose expressions were read and checked. */
export interface CompiledMutations {
  /** It is asked once more where the object was changed after it. */
  readonly reinvokes: boolean;
  readonly conditions: readonly CompiledExpression[];
  readonly variables: ReadonlyMap<string, CompiledExpression>;
  readonly mutations: readonly CompiledMutation[];
}

export interface CompiledMutation {
  readonly patchType: 'ApplyConfiguration' | 'JSONPatch';
  readonly expression: CompiledExpression;
}

/** Reads all expressions of a policy. What is wrong with one stands with it: what is stored was once accepted. */
export function compileMutations(spec: V1MutatingAdmissionPolicySpec): CompiledMutations {
  const compiler = compilerFor(spec);
  return {
    reinvokes: spec.reinvocationPolicy === 'IfNeeded',
    conditions: compileConditions(listOf(spec.matchConditions), spec.paramKind !== undefined),
    variables: compileVariables(compiler, spec.variables),
    mutations: listOf(spec.mutations).map((mutation) => compiled(compiler, mutation)),
  };
}

function compiled(
  compiler: PolicyCompiler,
  { patchType, jsonPatch, applyConfiguration }: V1Mutation,
): CompiledMutation {
  if (patchType === 'JSONPatch')
    return { patchType, expression: compiler.jsonPatch(jsonPatch?.expression ?? '') };
  const expression = compiler.applyConfiguration(applyConfiguration?.expression ?? '');
  return { patchType: 'ApplyConfiguration', expression };
}

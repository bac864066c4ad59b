import { DYN } from '../cel/index.js';
import type { Type } from '../cel/index.js';
import { listOf, maybe } from '../absent.js';
import type {
  V1ParamKind,
  V1ValidatingAdmissionPolicySpec,
  V1Validation,
  V1Variable,
} from '../generated/types.js';
import { compileExpression } from './compile-expression.js';
import type { CompiledExpression } from './compile-expression.js';
import { declareVariables } from './expression-types.js';
import type { DeclaredVariables } from './expression-types.js';
import { compileConditions } from './match-conditions.js';
import { PATCHES } from './patch-types.js';

/** A ValidatingAdmissionPolicy whose expressions were read and checked. */
export interface CompiledPolicy {
  /** What could not be evaluated does not count. */
  readonly failsOpen: boolean;
  readonly conditions: readonly CompiledExpression[];
  readonly variables: ReadonlyMap<string, CompiledExpression>;
  readonly validations: readonly CompiledValidation[];
  readonly auditAnnotations: readonly CompiledAnnotation[];
}

export interface CompiledValidation {
  readonly expression: CompiledExpression;
  readonly messageExpression: CompiledExpression | undefined;
  readonly message: string;
  readonly reason: string | undefined;
}

export interface CompiledAnnotation {
  readonly key: string;
  readonly value: CompiledExpression;
}

/** Reads all expressions of a policy. What is wrong with one stands with it: what is stored was once accepted. */
export function compilePolicy(spec: V1ValidatingAdmissionPolicySpec): CompiledPolicy {
  const compiler = compilerFor(spec);
  return {
    failsOpen: spec.failurePolicy === 'Ignore',
    conditions: compileConditions(listOf(spec.matchConditions), spec.paramKind !== undefined),
    variables: compileVariables(compiler, spec.variables),
    validations: listOf(spec.validations).map((validation) => compiled(compiler, validation)),
    auditAnnotations: listOf(spec.auditAnnotations).map(({ key, valueExpression }) => ({
      key,
      value: compiler.annotation(valueExpression.trim()),
    })),
  };
}

/** Of parameters nothing is known. */
export function compilerFor({ paramKind }: { readonly paramKind?: V1ParamKind }): PolicyCompiler {
  return policyCompiler({ params: paramKind === undefined ? undefined : DYN });
}

export function compileVariables(
  compiler: PolicyCompiler,
  variables: readonly V1Variable[] | undefined,
): ReadonlyMap<string, CompiledExpression> {
  const found = new Map<string, CompiledExpression>();
  for (const { name, expression } of listOf(variables))
    found.set(name, compiler.variable(name, expression));
  return found;
}

function compiled(
  compiler: PolicyCompiler,
  { expression, message, messageExpression, reason }: V1Validation,
): CompiledValidation {
  const own = maybe(messageExpression) ?? '';
  return {
    expression: compiler.validation(expression),
    messageExpression: own === '' ? undefined : compiler.message(own),
    message: (message ?? '').trim(),
    reason,
  };
}

/** Reads the expressions of one policy, in their order: each knows the variables that were read before it. */
export interface PolicyCompiler {
  variable(name: string, expression: string): CompiledExpression;
  validation(expression: string): CompiledExpression;
  /** What makes a message has no authorizer. */
  message(expression: string): CompiledExpression;
  annotation(expression: string): CompiledExpression;
  /** What comes to an apply configuration, or to a list of operations (RFC 6902): only these know the types of patches. */
  applyConfiguration(expression: string): CompiledExpression;
  jsonPatch(expression: string): CompiledExpression;
  /** A validation or a message, of which only its types matter. */
  checked(expression: string): CompiledExpression;
}

/** Of what is not declared there is nothing known. */
export function policyCompiler(
  declared: Pick<DeclaredVariables, 'params' | 'object'>,
): PolicyCompiler {
  const types = new Map<string, Type>();
  const withVariables = (authorizer: boolean): ReadonlyMap<string, Type> =>
    declareVariables({
      ...declared,
      authorizer,
      variables: types.size === 0 ? undefined : types,
    });
  return {
    variable(name, expression) {
      const compiled = compileExpression(expression, withVariables(true), 'any');
      const { program } = compiled;
      types.set(name, program.ok ? variableType(program.value.type) : DYN);
      return compiled;
    },
    validation: (expression) => compileExpression(expression, withVariables(true), 'bool'),
    message: (expression) => compileExpression(expression, withVariables(false), 'string'),
    annotation: (expression) =>
      compileExpression(expression, withVariables(true), 'string or null'),
    applyConfiguration: (expression) =>
      compileExpression(expression, withVariables(true), 'Object', PATCHES),
    jsonPatch: (expression) =>
      compileExpression(expression, withVariables(true), 'list(JSONPatch)', PATCHES),
    checked: (expression) => compileExpression(expression, withVariables(true), 'any'),
  };
}

/** Only plain types, and lists and maps of them, are known of a variable (apiserver, convertCelTypeToDeclType). */
function variableType(type: Type): Type {
  switch (type.kind) {
    case 'list':
      return { kind: 'list', element: variableType(type.element) };
    case 'map':
      return { kind: 'map', key: variableType(type.key), value: variableType(type.value) };
    case 'object':
    case 'opaque':
    case 'optional':
    case 'type':
    case 'param':
    case 'error':
      return DYN;
    default:
      return type;
  }
}

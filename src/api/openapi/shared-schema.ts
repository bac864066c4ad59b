import type { Scalar } from '../scheme/field-type.js';
import type { Schema } from './schema-object.js';

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const RUNTIME = 'io.k8s.apimachinery.pkg.runtime';
const EXTENSIONS = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1';

/** The definition of a type that is written in code in Kubernetes, and so is no model. */
interface SharedDefinition {
  readonly name: string;
  readonly schema: Schema;
}

export const PATCH_DEFINITION: SharedDefinition = {
  name: `${META}.Patch`,
  schema: {
    description: 'A patch, in the form that the Content-Type of the request names.',
    type: 'object',
  },
};

const DEFINITIONS: Partial<Record<Scalar, SharedDefinition>> = {
  time: {
    name: `${META}.Time`,
    schema: {
      description: 'A moment, as RFC 3339 writes it, in whole seconds.',
      format: 'date-time',
      type: 'string',
    },
  },
  'micro-time': {
    name: `${META}.MicroTime`,
    schema: {
      description: 'A moment, as RFC 3339 writes it, with microseconds.',
      format: 'date-time',
      type: 'string',
    },
  },
  'int-or-string': {
    name: 'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
    schema: {
      description: 'An int32 or a string, such as a port given by number or by name.',
      format: 'int-or-string',
      oneOf: [{ type: 'integer' }, { type: 'string' }],
    },
  },
  quantity: {
    name: 'io.k8s.apimachinery.pkg.api.resource.Quantity',
    schema: {
      description:
        'An exact amount: a decimal number with a suffix. Decimal suffixes are n, u, m, k, M, G, T, P, E or an ' +
        'exponent (e3, E6), binary ones Ki, Mi, Gi, Ti, Pi, Ei. It is at most 2^63-1 and has at most three ' +
        'digits behind the point; what is finer is rounded up. It is answered in its canonical form: no ' +
        'fraction, and the largest suffix that allows it ("1.5" becomes "1500m", "1536Mi" stays).',
      oneOf: [{ type: 'string' }, { type: 'number' }],
    },
  },
  'raw-extension': {
    name: `${RUNTIME}.RawExtension`,
    schema: { description: 'An object of a kind that is not known here.', type: 'object' },
  },
  'fields-v1': {
    name: `${META}.FieldsV1`,
    schema: {
      description:
        'A set of fields as a tree: f:NAME is a field, k:KEYS the item of a list with these keys, v:VALUE the ' +
        'item of a set, i:INDEX a place in a list; "." is the node itself.',
      type: 'object',
    },
  },
  json: { name: `${EXTENSIONS}.JSON`, schema: { description: 'Any value of JSON.' } },
  'schema-or-bool': {
    name: `${EXTENSIONS}.JSONSchemaPropsOrBool`,
    schema: { description: 'A schema, or whether anything is allowed.' },
  },
  'schema-or-array': {
    name: `${EXTENSIONS}.JSONSchemaPropsOrArray`,
    schema: { description: 'A schema, or a list of them.' },
  },
  'schema-or-string-array': {
    name: `${EXTENSIONS}.JSONSchemaPropsOrStringArray`,
    schema: { description: 'A schema, or a list of names.' },
  },
};

/** Undefined for the plain types, which stand where they are used. */
export function sharedDefinition(scalar: Scalar): SharedDefinition | undefined {
  return DEFINITIONS[scalar];
}

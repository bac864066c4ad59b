import { definitionName } from '../scheme/model.js';
import type { FieldType, Scalar } from '../scheme/field-type.js';

const GO_SCALARS: Readonly<Record<Scalar, string>> = {
  string: 'string',
  boolean: 'bool',
  int32: 'int32',
  int64: 'int64',
  double: 'float64',
  bytes: '[]uint8',
  time: 'v1.Time',
  'micro-time': 'v1.MicroTime',
  'int-or-string': 'intstr.IntOrString',
  any: 'interface {}',
  quantity: 'resource.Quantity',
  'raw-extension': 'runtime.RawExtension',
  'fields-v1': 'v1.FieldsV1',
  json: 'v1.JSON',
  'schema-or-bool': 'v1.JSONSchemaPropsOrBool',
  'schema-or-array': 'v1.JSONSchemaPropsOrArray',
  'schema-or-string-array': 'v1.JSONSchemaPropsOrStringArray',
  'string-list': 'v1.ExtraValue',
  empty: 'struct {}',
};

/** How Go's messages name a type: `[]v1.Container`, `map[string]string`. */
export function goTypeName(type: FieldType): string {
  switch (type.type) {
    case 'scalar':
      return GO_SCALARS[type.scalar];
    case 'model':
      return goModelName(type.model);
    case 'list':
      return `[]${goTypeName(type.item)}`;
    case 'map':
      return `map[string]${goTypeName(type.value)}`;
  }
}

/** `V1DeploymentSpec` → `v1.DeploymentSpec`: the last two parts of its definition's name. */
export function goModelName(model: string): string {
  return (definitionName(model) ?? model).split('.').slice(-2).join('.');
}

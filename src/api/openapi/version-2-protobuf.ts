import { ProtobufWriter } from '../../codec/index.js';
import type { Schema } from './schema-object.js';
import type { Version2 } from './version-2.js';

type Json = Readonly<Record<string, unknown>>;

/** OpenAPI 2.0 as protobuf. */
export const VERSION_2_PROTOBUF_TYPE = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';
/** How client-go asks for it; as the type of an answer it would not take this, which is no media type. */
export const VERSION_2_PROTOBUF_ALIAS =
  'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';

/** A document of OpenAPI 2.0 as a protobuf message (openapi.v2.Document of gnostic). */
export function encodeVersion2(document: Version2): Uint8Array {
  const writer = new ProtobufWriter(2 ** 21);
  const { title, version } = document.info as { title: string; version: string };
  writer.string(1, document.swagger);
  writer.message(2, () => {
    writer.string(1, title);
    writer.string(2, version);
  });
  writer.message(8, () => {
    writeNamed(writer, 2, document.paths, writePathItem);
  });
  writer.message(9, () => {
    writeNamed(writer, 1, document.definitions, writeSchema);
  });
  return writer.finish();
}

type Write<T> = (writer: ProtobufWriter, value: T) => void;

/** Maps are lists of named values. */
function writeNamed<T>(
  writer: ProtobufWriter,
  field: number,
  map: Readonly<Record<string, T>>,
  write: Write<T>,
): void {
  for (const [name, value] of Object.entries(map)) {
    writer.message(field, () => {
      writer.string(1, name);
      writer.message(2, () => {
        write(writer, value);
      });
    });
  }
}

/** `x-…`: values as YAML, of which JSON is a part. */
function writeExtensions(writer: ProtobufWriter, field: number, object: Json): void {
  const extensions = Object.entries(object).filter(([name]) => name.startsWith('x-'));
  writeNamed(writer, field, Object.fromEntries(extensions), (inner, value) => {
    inner.string(2, `${JSON.stringify(value)}\n`);
  });
}

function writeText(writer: ProtobufWriter, field: number, value: unknown): void {
  if (typeof value === 'string' && value !== '') writer.string(field, value);
}

function writeTexts(writer: ProtobufWriter, field: number, value: unknown): void {
  for (const text of (value ?? []) as readonly string[]) writer.string(field, text);
}

function writeFlag(writer: ProtobufWriter, field: number, value: unknown): void {
  if (value === true) writer.bool(field, value);
}

const METHODS = { get: 2, put: 3, post: 4, delete: 5, options: 6, head: 7, patch: 8 } as const;

function writePathItem(writer: ProtobufWriter, item: Json): void {
  for (const [method, field] of Object.entries(METHODS)) {
    const operation = item[method] as Json | undefined;
    if (operation === undefined) continue;
    writer.message(field, () => {
      writeOperation(writer, operation);
    });
  }
  writeParameters(writer, 9, item['parameters']);
}

function writeOperation(writer: ProtobufWriter, operation: Json): void {
  writeTexts(writer, 1, operation['tags']);
  writeText(writer, 3, operation['description']);
  writeText(writer, 5, operation['operationId']);
  writeTexts(writer, 6, operation['produces']);
  writeTexts(writer, 7, operation['consumes']);
  writeParameters(writer, 8, operation['parameters']);
  writer.message(9, () => {
    writeNamed(writer, 1, operation['responses'] as Record<string, Json>, writeResponse);
  });
  writeTexts(writer, 10, operation['schemes']);
  writeExtensions(writer, 13, operation);
}

function writeResponse(writer: ProtobufWriter, { description, schema }: Json): void {
  writer.message(1, () => {
    writeText(writer, 1, description);
    if (schema === undefined) return;
    writer.message(2, () => {
      writer.message(1, () => {
        writeSchema(writer, schema as Schema);
      });
    });
  });
}

function writeParameters(writer: ProtobufWriter, field: number, parameters: unknown): void {
  for (const parameter of (parameters ?? []) as readonly Json[]) {
    writer.message(field, () => {
      writer.message(1, () => {
        writeParameter(writer, parameter);
      });
    });
  }
}

function writeParameter(writer: ProtobufWriter, parameter: Json): void {
  if (parameter['in'] === 'body') {
    writer.message(1, () => {
      writeText(writer, 1, parameter['description']);
      writeText(writer, 2, parameter['name']);
      writeText(writer, 3, parameter['in']);
      writeFlag(writer, 4, parameter['required']);
      writer.message(5, () => {
        writeSchema(writer, parameter['schema'] as Schema);
      });
    });
    return;
  }
  const inQuery = parameter['in'] === 'query';
  writer.message(2, () => {
    writer.message(inQuery ? 3 : 4, () => {
      writeFlag(writer, 1, parameter['required']);
      writeText(writer, 2, parameter['in']);
      writeText(writer, 3, parameter['description']);
      writeText(writer, 4, parameter['name']);
      writeText(writer, inQuery ? 6 : 5, parameter['type']);
      writeFlag(writer, inQuery ? 20 : 19, parameter['uniqueItems']);
    });
  });
}

/** The parts of a schema that are numbers, with their fields. */
const BOUNDS = { multipleOf: 6, maximum: 7, minimum: 9 } as const;
const COUNTS = {
  maxLength: 11,
  minLength: 12,
  maxItems: 14,
  minItems: 15,
  maxProperties: 17,
  minProperties: 18,
} as const;

function writeSchema(writer: ProtobufWriter, schema: Schema): void {
  writeText(writer, 1, schema['$ref']);
  writeText(writer, 2, schema['format']);
  writeText(writer, 3, schema['title']);
  writeText(writer, 4, schema['description']);
  if (schema['default'] !== undefined)
    writer.message(5, () => {
      writer.string(2, `${JSON.stringify(schema['default'])}\n`);
    });
  for (const [name, field] of Object.entries(BOUNDS))
    if (typeof schema[name] === 'number') writer.double(field, schema[name]);
  for (const [name, field] of Object.entries(COUNTS))
    if (Number.isSafeInteger(schema[name])) writer.int(field, schema[name] as number);
  writeFlag(writer, 8, schema['exclusiveMaximum']);
  writeFlag(writer, 10, schema['exclusiveMinimum']);
  writeText(writer, 13, schema['pattern']);
  writeFlag(writer, 16, schema['uniqueItems']);
  writeTexts(writer, 19, schema['required']);
  for (const value of (schema['enum'] ?? []) as readonly unknown[])
    writer.message(20, () => {
      writer.string(2, `${JSON.stringify(value)}\n`);
    });
  writeWithin(writer, schema);
  writeExtensions(writer, 31, schema);
}

/** What a schema holds, and its type. */
function writeWithin(writer: ProtobufWriter, schema: Schema): void {
  const { additionalProperties, items, properties, type } = schema as {
    additionalProperties?: Schema | boolean;
    items?: Schema;
    properties?: Record<string, Schema>;
    type?: string;
  };
  if (additionalProperties !== undefined)
    writer.message(21, () => {
      if (typeof additionalProperties === 'boolean') writer.bool(2, additionalProperties);
      else
        writer.message(1, () => {
          writeSchema(writer, additionalProperties);
        });
    });
  if (type !== undefined)
    writer.message(22, () => {
      writer.string(1, type);
    });
  if (items !== undefined)
    writer.message(23, () => {
      writer.message(1, () => {
        writeSchema(writer, items);
      });
    });
  if (properties !== undefined)
    writer.message(25, () => {
      writeNamed(writer, 1, properties, writeSchema);
    });
}

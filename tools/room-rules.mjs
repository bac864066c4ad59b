// The rules of the rooms, for oxlint: config/rooms.json says of which kind each is. What world a pure room needs comes to it through
// its ports; a sync room runs to completion.
import { readFileSync } from 'node:fs';

const rooms = JSON.parse(readFileSync(new URL('../config/rooms.json', import.meta.url), 'utf8'));

const WORLD = new Set([
  'process',
  'Buffer',
  'console',
  'performance',
  'crypto',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'clearTimeout',
  'clearInterval',
  'clearImmediate',
  'queueMicrotask',
  'fetch',
  'require',
  'global',
  'globalThis',
  'structuredClone',
]);
const WORLD_IS_A_PORT = 'The world is a port: take it from the ActorContext or from `base`.';
const DRAW = 'Draw from the Random port.';
const READ_CLOCK = 'Read the Clock port.';
const TO_COMPLETION = 'A sync room runs to completion.';

/** Clocks, randomness, timers and the process. */
const pure = {
  create(context) {
    if (!['sync', 'async'].includes(kindOf(context))) return {};
    const report = (node, message) => context.report({ node, message });
    return {
      Program() {
        const { variables, through } = context.sourceCode.scopeManager.globalScope;
        const known = variables.filter(({ defs }) => defs.length === 0);
        for (const { identifier } of [...known.flatMap(({ references }) => references), ...through])
          if (WORLD.has(identifier.name)) report(identifier, WORLD_IS_A_PORT);
      },
      ImportDeclaration(node) {
        if (node.source.value.startsWith('node:')) report(node, 'Only world rooms touch node.');
      },
      MemberExpression(node) {
        if (isMember(node, 'Math', 'random')) report(node, DRAW);
        if (isMember(node, 'Date', 'now')) report(node, READ_CLOCK);
      },
      NewExpression(node) {
        if (node.callee.name === 'Date' && node.arguments.length === 0) report(node, READ_CLOCK);
      },
      CallExpression(node) {
        if (node.callee.name === 'Date') report(node, READ_CLOCK);
      },
    };
  },
};

const toCompletion = {
  create(context) {
    if (kindOf(context) !== 'sync') return {};
    const report = (node) => context.report({ node, message: TO_COMPLETION });
    const noAsync = (node) => {
      if (node.async) report(node);
    };
    return {
      FunctionDeclaration: noAsync,
      FunctionExpression: noAsync,
      ArrowFunctionExpression: noAsync,
      AwaitExpression: report,
      NewExpression(node) {
        if (node.callee.name === 'Promise') report(node);
      },
      MemberExpression(node) {
        if (node.object.name === 'Promise') report(node);
      },
    };
  },
};

export default { meta: { name: 'rooms' }, rules: { pure, 'to-completion': toCompletion } };

function kindOf({ physicalFilename }) {
  const room = /\/src\/([^/]+)\/[^]*$/.exec(physicalFilename.replaceAll('\\', '/'))?.[1];
  return room === undefined ? undefined : rooms[room]?.kind;
}

function isMember({ object, property, computed }, objectName, propertyName) {
  return !computed && object.name === objectName && property.name === propertyName;
}

import { readFileSync } from 'node:fs';
import tseslint from 'typescript-eslint';

const rooms = JSON.parse(readFileSync(new URL('config/rooms.json', import.meta.url), 'utf8'));
const filesOf = (...kinds) =>
  Object.entries(rooms)
    .filter(([, room]) => kinds.includes(room.kind))
    .map(([name]) => `src/${name}/**/*.ts`);

/** Clocks, randomness, timers and the process: the world comes to a pure room through its ports only. */
const worldGlobals = [
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
].map((name) => ({
  name,
  message: 'The world is a port: take it from the ActorContext or from `base`.',
}));

const worldSyntax = [
  {
    selector: "MemberExpression[object.name='Math'][property.name='random']",
    message: 'Draw from the Random port.',
  },
  {
    selector: "MemberExpression[object.name='Date'][property.name='now']",
    message: 'Read the Clock port.',
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'Read the Clock port.',
  },
  { selector: "CallExpression[callee.name='Date']", message: 'Read the Clock port.' },
];

const asyncSyntax = [
  { selector: ':function[async=true]', message: 'A sync room runs to completion.' },
  { selector: 'AwaitExpression', message: 'A sync room runs to completion.' },
  { selector: "NewExpression[callee.name='Promise']", message: 'A sync room runs to completion.' },
  {
    selector: "MemberExpression[object.name='Promise']",
    message: 'A sync room runs to completion.',
  },
];

export default tseslint.config(
  { ignores: ['dist', '.cache', '.tap', 'src/api/generated', 'node_modules'] },
  {
    files: ['src/**/*.ts', 'actors/**/*.ts', 'test/**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'no-restricted-syntax': [
        'error',
        { selector: 'TSEnumDeclaration', message: 'Const objects, no enums.' },
      ],
      eqeqeq: 'error',
    },
  },
  {
    files: filesOf('sync', 'async'),
    rules: {
      'no-restricted-globals': ['error', ...worldGlobals],
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['node:*'], message: 'Only world rooms touch node.' }] },
      ],
      'no-restricted-syntax': ['error', ...worldSyntax],
    },
  },
  {
    files: filesOf('sync'),
    rules: { 'no-restricted-syntax': ['error', ...worldSyntax, ...asyncSyntax] },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/require-await': 'off', // tap wants async test functions
      '@typescript-eslint/no-floating-promises': 'off', // t.test() is awaited by its parent
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-shadow': 'off',
    },
  },
);

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';

const KUBACTOR = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

function without(shell: string): string | false {
  return spawnSync(shell, ['--version']).status === 0 ? false : `${shell} is not on this machine`;
}

function scriptFile(t: Test, shell: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'kubactor-completion-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const { status, stdout } = spawnSync(process.execPath, [KUBACTOR, 'completion', shell], {
    encoding: 'utf8',
  });
  t.equal(status, 0);
  const file = path.join(folder, `_${shell}`);
  writeFileSync(file, stdout);
  return file;
}

/** What is offered after these words, the last of which is being typed. */
const CASES: readonly (readonly [words: readonly string[], offered: readonly string[]])[] = [
  [['sn'], ['snapshot']],
  [
    ['snapshot', ''],
    ['save', 'restore', 'inspect'],
  ],
  [['snapshot', 'restore', '--bu'], ['--bump-revision']],
  [['start', '-f', 'snapshot', '--det'], ['--detach']],
  [
    ['nonsense', 'sta'],
    ['start', 'status'],
  ],
];

t.test('bash', { skip: without('bash') }, async (t) => {
  const file = scriptFile(t, 'bash');
  for (const [words, offered] of CASES) {
    const { stdout, stderr } = spawnSync(
      'bash',
      [
        '--norc',
        '-c',
        `source ${file}; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _kubactor; printf '%s\\n' "\${COMPREPLY[@]}"`,
        'bash',
        'kubactor',
        ...words,
      ],
      { encoding: 'utf8' },
    );
    t.equal(stderr, '');
    t.same(stdout.trim().split('\n'), offered, words.join(' '));
  }
});

t.test('zsh', { skip: without('zsh') }, async (t) => {
  const file = scriptFile(t, 'zsh');
  for (const [words, offered] of CASES) {
    // What zsh itself does with the candidates is its own business.
    const { stdout, stderr } = spawnSync(
      'zsh',
      [
        '-f',
        '-c',
        `compdef() { :; }; _files() { :; }; _describe() { print -l -- "\${(@)candidates%%:*}"; }; source ${file}; words=("$@"); CURRENT=$#; _kubactor`,
        'zsh',
        'kubactor',
        ...words,
      ],
      { encoding: 'utf8' },
    );
    t.equal(stderr, '');
    const typed = words.at(-1) ?? '';
    const matching = stdout.split('\n').filter((word) => word !== '' && word.startsWith(typed));
    t.same(
      matching.filter((word) => typed !== '' || !word.startsWith('--')),
      offered,
      words.join(' '),
    );
  }
});

t.test('fish', { skip: without('fish') }, async (t) => {
  const file = scriptFile(t, 'fish');
  for (const [words, offered] of CASES) {
    const line = `kubactor ${words.join(' ')}`;
    const { stdout, stderr } = spawnSync(
      'fish',
      ['--no-config', '-c', `source ${file}; complete -C ${JSON.stringify(line)}`],
      { encoding: 'utf8', cwd: path.dirname(file) },
    );
    t.equal(stderr, '');
    const found = stdout
      .split('\n')
      .flatMap((each) => (each.includes('\t') ? [each.split('\t')[0]] : []));
    t.same(found.sort(), [...offered].sort(), line);
  }
});

t.test('another shell is refused', async (t) => {
  const { status, stderr } = spawnSync(process.execPath, [KUBACTOR, 'completion', 'tcsh'], {
    encoding: 'utf8',
  });
  t.equal(status, 2);
  t.equal(stderr, 'kubactor: no completion for tcsh; known: bash, zsh, fish\n');
});

import { line, styled, type Line } from '../styled-line.js';

const KEYS: readonly (readonly [string, string])[] = [
  ['1 to 5', 'a view by its number'],
  ['tab, right', 'the next view; shift-tab, left: the one before'],
  ['up, down', 'select a row; also page up and down, home and end'],
  ['k', 'kill the selected actor or replica by `chaos kill`, once you agree'],
  ['?', 'this page'],
  ['q, Ctrl-C', 'quit; the cluster goes on'],
];

const KEY_WIDTH = Math.max(...KEYS.map(([key]) => key.length)) + 2;

export function helpView(): Line[] {
  return [
    line(styled('strong', '  Keys')),
    [],
    ...KEYS.map(([key, meaning]) => line(`  ${key.padEnd(KEY_WIDTH)}${meaning}`)),
    [],
    line('  BUSY: for how much of the last second the loop of an actor was at work.'),
    line('  Columns that do not fit are left out: a wider terminal shows more.'),
    [],
    line(styled('dim', '  any key closes this page')),
  ];
}

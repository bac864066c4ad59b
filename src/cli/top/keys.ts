/** A key by what it means here. */
export type Key =
  | 'up'
  | 'down'
  | 'page-up'
  | 'page-down'
  | 'first'
  | 'last'
  | 'next-view'
  | 'previous-view'
  | 'help'
  | 'kill'
  | 'yes'
  | 'escape'
  | 'quit'
  | { readonly view: number }
  | 'other';

/** What a terminal sends beside letters, by ink's names. */
export interface SpecialKeys {
  readonly ctrl: boolean;
  readonly shift: boolean;
  readonly escape: boolean;
  readonly tab: boolean;
  readonly upArrow: boolean;
  readonly downArrow: boolean;
  readonly leftArrow: boolean;
  readonly rightArrow: boolean;
  readonly pageUp: boolean;
  readonly pageDown: boolean;
  readonly home: boolean;
  readonly end: boolean;
}

const LETTERS: Readonly<Record<string, Key>> = {
  q: 'quit',
  k: 'kill',
  y: 'yes',
  h: 'help',
  '?': 'help',
};

/** Letters that come together, as over a slow line, are one key each. */
export function keysOf(input: string, special: SpecialKeys): readonly Key[] {
  const key = specialKey(input, special);
  if (key !== undefined) return [key];
  return Array.from(input, (letter) =>
    /^[1-9]$/.test(letter) ? { view: Number(letter) } : (LETTERS[letter] ?? 'other'),
  );
}

function specialKey(input: string, key: SpecialKeys): Key | undefined {
  if (key.ctrl) return input === 'c' ? 'quit' : 'other';
  if (key.escape) return 'escape';
  if (key.upArrow) return 'up';
  if (key.downArrow) return 'down';
  if (key.pageUp) return 'page-up';
  if (key.pageDown) return 'page-down';
  if (key.home) return 'first';
  if (key.end) return 'last';
  if (key.tab) return key.shift ? 'previous-view' : 'next-view';
  if (key.rightArrow) return 'next-view';
  return key.leftArrow ? 'previous-view' : undefined;
}

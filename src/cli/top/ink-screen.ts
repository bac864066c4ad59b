import { Box, render, Text, useInput, useStdout, type Key as InkKey } from 'ink';
import { createElement, useCallback, useEffect, useReducer, type ReactElement } from 'react';
import { keysOf, type Key } from './keys.js';
import type { TopModel } from './model.js';
import { screen, type ScreenSize } from './screen.js';
import type { Line, Span, Style } from './styled-line.js';

/** The terminal's other screen: what stood there before comes back at the end. */
const ENTER = '\u001b[?1049h';
const LEAVE = '\u001b[?1049l';

const LOOKS: Readonly<Record<Style, Parameters<typeof Text>[0]>> = {
  good: { color: 'green' },
  bad: { color: 'red' },
  warn: { color: 'yellow' },
  dim: { dimColor: true },
  strong: { bold: true },
  selected: { inverse: true },
};

export interface InkScreenOptions {
  /** False: not one colour or weight is written (NO_COLOR). */
  readonly colour: boolean;
  readonly model: () => TopModel;
  readonly pressed: (key: Key) => void;
}

export interface InkScreen {
  /** The model has changed. */
  redraw(): void;
  close(): void;
}

/** The screen on a real terminal: ink reads the keys and writes what has changed. */
export function openInkScreen(options: InkScreenOptions): InkScreen {
  let redraw = (): void => undefined;
  process.stdout.write(ENTER);
  const drawn = render(
    createElement(Screen, {
      ...options,
      onRedraw: (call) => {
        redraw = call;
      },
    }),
    { exitOnCtrlC: false, patchConsole: false },
  );
  return {
    redraw: () => {
      redraw();
    },
    close: () => {
      drawn.unmount();
      process.stdout.write(LEAVE);
    },
  };
}

interface ScreenProps extends InkScreenOptions {
  readonly onRedraw: (redraw: () => void) => void;
}

function Screen({ model, colour, pressed, onRedraw }: ScreenProps): ReactElement {
  const { stdout } = useStdout();
  const [, redraw] = useReducer((drawn: number) => drawn + 1, 0);
  useEffect(() => {
    onRedraw(redraw);
    stdout.on('resize', redraw);
    return () => {
      stdout.off('resize', redraw);
    };
  }, [stdout, onRedraw]);
  // The same function at each drawing: ink would otherwise stop and begin to listen with each.
  const typed = useCallback(
    (input: string, key: InkKey) => {
      for (const each of keysOf(input, key)) pressed(each);
    },
    [pressed],
  );
  useInput(typed);
  const rows = screen(model(), sizeOf(stdout));
  return createElement(
    Box,
    { flexDirection: 'column' },
    rows.map((row, i) => createElement(Row, { key: i, row, colour })),
  );
}

/** ink wipes the whole terminal each time where a frame is as high as it is: one row is left free. */
function sizeOf({ columns, rows }: NodeJS.WriteStream): ScreenSize {
  return { columns: columns || 80, rows: (rows || 24) - 1 };
}

function Row({ row, colour }: { readonly row: Line; readonly colour: boolean }): ReactElement {
  // An empty text has no height.
  const spans = row.length === 0 ? [{ text: ' ' }] : row;
  return createElement(
    Text,
    { wrap: 'truncate' },
    spans.map(({ text, style }: Span, i) =>
      createElement(Text, { key: i, ...(colour && style !== undefined ? LOOKS[style] : {}) }, text),
    ),
  );
}

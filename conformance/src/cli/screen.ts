/** Where people read: how wide it is, and what it can do. */
import { styleText } from 'node:util';

/** Standard output or standard error, as a terminal or not. */
export interface Screen {
  readonly width: number;
  readonly isTerminal: boolean;
  line(text: string): void;
  /** A last line that the next one replaces; where this is no terminal, a line when nothing else was said for a minute. */
  status(text: string): void;
  /** The text in a colour, where colours are wanted. */
  painted(colour: Colour, text: string): string;
}

/** Colours that are used. */
export type Colour = 'green' | 'red' | 'yellow';

/** What is used of a stream. */
export interface ScreenStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const WIDTH = 100;
/** In a log whoever waits wants to see that something goes on, and not each second of it, in ms. */
const QUIET_MS = 60_000;
/** Back to the first column, and the line emptied. */
const CLEAR = '\r\u001b[K';

/** The screen on a stream. No colours where it is no terminal, nor with NO_COLOR. */
export function screenOn(stream: ScreenStream, env: NodeJS.ProcessEnv = process.env): Screen {
  const isTerminal = stream.isTTY === true;
  const inColour = isTerminal && !env.NO_COLOR && env.TERM !== 'dumb';
  // Some terminals say that they are 0 wide.
  const width = stream.columns || Number(env.COLUMNS) || WIDTH;
  let hasStatus = false;
  let saidAt = performance.now();
  const clear = (): string => (hasStatus ? CLEAR : '');
  return {
    width,
    isTerminal,
    line: (text) => {
      stream.write(`${clear()}${text}\n`);
      hasStatus = false;
      saidAt = performance.now();
    },
    status(text) {
      if (!isTerminal) {
        if (performance.now() - saidAt >= QUIET_MS) this.line(text);
        return;
      }
      stream.write(`${CLEAR}${text.slice(0, width - 1)}`);
      hasStatus = true;
    },
    painted: (colour, text) => (inColour ? styleText(colour, text, { validateStream: false }) : text),
  };
}

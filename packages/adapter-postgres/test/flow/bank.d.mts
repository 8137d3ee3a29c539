import type { Flow, FlowFunction } from '@flowstate/core';

export declare const BOWL_COUNT: number;

export interface Paid {
  readonly order: number;
  readonly receipt: string;
  readonly nth: number;
}

export interface Bank {
  readonly chain: FlowFunction<number, Paid>;
  readonly rotate: FlowFunction<number, (number | null)[]>;
  readonly count: FlowFunction<string, number>;
}

export declare function defineBank(flow: Flow, pay: (key: string, order: number) => Promise<string>): Bank;

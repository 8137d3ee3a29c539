import type { Harness } from '@flowstate/conformance';

declare const harness: Harness;

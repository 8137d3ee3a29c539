/** What may be done to instances from outside. */
import type { IncomingMessage } from 'node:http';
import { Chaos } from '../function-host/chaos.js';
import type { HttpAnswer } from '../function-host/http-answer.js';
import type { Instance } from './instance.js';

/** The chaos of one host. A trap waits for answers of services. */
export class InstanceChaos extends Chaos<Instance, HttpAnswer> {
  constructor(instances: () => readonly Instance[]) {
    const named = (name: string) => `there is no ${name}`;
    super(instances, { any: 'no instance has a request under way', named });
  }

  /** Whether this answer is to be lost, and its instance killed. */
  losesAnswer(instance: Instance, request: IncomingMessage, status: number): boolean {
    const trap = this.traps.take({ of: instance.service.name, request, status });
    trap?.sprung(instance.name);
    return trap !== undefined;
  }
}

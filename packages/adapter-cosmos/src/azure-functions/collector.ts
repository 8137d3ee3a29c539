/** The collector on a timer. One is needed; any number does no harm. */
import { type Duration, type Flow, processPlatform } from '@flowstate/core/adapter';
import { collecting, everyMsOf, shownInfrastructure, timesOf } from '@flowstate/core/delivery';
import { guarded } from '@flowstate/core/http';
import type { TimerApp } from './app.js';
import { type FunctionOptions, nameOf, onErrorOf, textOf, timeoutOf } from './service.js';
import { shutdownOf, termination } from './termination.js';

/** Options of `azure.collector(app, flow)`. */
export interface AzureCollectorOptions extends FunctionOptions {
  /** When it runs, as an NCRONTAB expression or `%setting%`. Default: each minute, `0 * * * * *`. */
  readonly schedule?: string;
  /** Passes so often, until a minute or the timeout is over. Default: one pass. */
  readonly every?: Duration;
}

const EACH_MINUTE = '0 * * * * *';

/**
 * `azure.collector(app, flow)`: a timer, which nobody can reach from outside. The platform runs it on one instance of all, and
 * keeps its schedule across restarts (`useMonitor`), so that it needs no `runOnStartup`. A failed invocation is one whose
 * every pass failed. The flow needs an invoker: what is launched in this process ends with its instance.
 * @throws TypeError for options that cannot be
 */
export function collector(
  app: TimerApp,
  flow: Pick<Flow, 'collect' | 'name'>,
  options: AzureCollectorOptions = {},
): void {
  const what = 'azure.collector';
  const everyMs = everyMsOf(what, options.every);
  const timeoutMs = timeoutOf(what, options);
  const onError = guarded(onErrorOf(options));
  const shutdown = shutdownOf(what, app);
  const schedule = textOf(what, 'schedule', options.schedule ?? EACH_MINUTE, `such as "${EACH_MINUTE}"`);
  const collect = async (): Promise<void> => {
    const begun = processPlatform.now();
    const { answerBy } = timesOf(begun, timeoutMs);
    try {
      await collecting(flow, { everyMs, begun, answerBy, shutdown, onError });
    } catch (error) {
      // Each pass has told of its own error.
      throw shownInfrastructure(error);
    }
  };
  const name = nameOf(what, options, `${flow.name}-collector`);
  app.timer(name, { schedule, handler: () => termination.during(collect) });
}

// Timers with a policy for failures, with a schedule of their own, and for the start.
import { appendFileSync } from 'node:fs';
import { app } from '@azure/functions';

const write = (entry) => appendFileSync(process.env.JOURNAL, `${JSON.stringify(entry)}\n`);
let runs = 0;

app.timer('repeated', {
  schedule: '0 0 0 1 1 *',
  retry: { strategy: 'fixedDelay', maxRetryCount: 2, delayInterval: 10 },
  handler: (_timer, context) => {
    runs += 1;
    write({ id: 'repeated', retry: context.retryContext });
    if (runs < 3) throw new Error(`not yet ${runs}`);
  },
});
app.timer('scheduled', { schedule: '* * * * * *', handler: () => undefined });
app.timer('started', {
  schedule: '0 0 0 1 1 *',
  runOnStartup: true,
  handler: () => write({ id: 'started' }),
});

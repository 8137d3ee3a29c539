// Functions that write down what they were given, one JSON line for each time they run.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';

const { JOURNAL } = process.env;

const write = (entry) => appendFileSync(JOURNAL, `${JSON.stringify({ at: Date.now(), ...entry })}\n`);

const read = () =>
  existsSync(JOURNAL) ? readFileSync(JOURNAL, 'utf8').trim().split('\n').map(JSON.parse) : [];

/** Fails as often as the event says. */
export const record = async (event, { awsRequestId }) => {
  const before = read().filter((entry) => entry.awsRequestId === awsRequestId).length;
  write({ awsRequestId, event });
  if (before < event.failures) throw new Error(`failure ${before + 1}`);
};

/** Message bodies are `{ n, failures }`: it fails that often. How it says so is in the environment. */
export const consume = async (event) => {
  const records = event.Records.map(({ messageId, body, attributes }) => {
    return { messageId, ...JSON.parse(body), receives: Number(attributes.ApproximateReceiveCount) };
  });
  write({ event, records });
  const failed = records.filter(({ receives, failures = 0 }) => receives <= failures);
  if (process.env.SAYS === 'unknown') return { batchItemFailures: [{ itemIdentifier: 'nobody' }] };
  if (process.env.SAYS === 'throws' && failed.length > 0) throw new Error(`${failed.length} failed`);
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
};

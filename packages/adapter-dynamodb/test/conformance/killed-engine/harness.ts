/**
 * DynamoDB on files, killed with SIGKILL in the middle of what the processes of the suite do. Everything else of the suite
 * runs on the same files.
 *
 *     npx flowstate-conformance packages/adapter-dynamodb/test/conformance/killed-engine/harness.ts
 */
import type { Deployment, Harness } from '@flowstate/conformance';
import type { Engine } from '@flowstate/engines';
import { dynamodbHarness } from '../on-engine.js';

/** Before which of the calls of a deployment the engine is killed: those that follow wait until it is there again. */
const KILLED_BEFORE = [12, 30];

const harness = dynamodbHarness('dynamodb on files, killed', { durable: true });

/** The deployment, whose database dies beneath it now and then. */
function onDyingEngine(deployment: Deployment, engine: Engine): Deployment {
  let calls = 0;
  let kills = 0;
  let restarted: Promise<void> = Promise.resolve();
  const killed = async (): Promise<void> => {
    await engine.kill();
    kills += 1;
    await engine.restart();
  };
  return Object.assign(Object.create(deployment) as Deployment, {
    async call(...asked: Parameters<Deployment['call']>) {
      calls += 1;
      if (KILLED_BEFORE.includes(calls)) restarted = restarted.then(killed);
      const [answer] = await Promise.all([deployment.call(...asked), restarted]);
      return answer;
    },
    async stop() {
      await deployment.stop();
      if (kills === 0) throw new Error(`the engine was never killed: there were ${calls} calls`);
    },
  });
}

/** As on an engine that nobody kills, but for the processes. */
const killedEngine: Harness = Object.assign(Object.create(harness) as Harness, {
  async spawn(asked: Parameters<NonNullable<Harness['spawn']>>[0]) {
    const { engine } = await harness.database();
    const deployment = await harness.spawn?.(asked);
    if (deployment === undefined) throw new Error('the harness starts no processes');
    return onDyingEngine(deployment, engine);
  },
});

export default killedEngine;

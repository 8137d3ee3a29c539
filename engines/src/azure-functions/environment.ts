/** The environment that the platform gives its workers, and nothing of this process's own. */
import { dirname } from 'node:path';
import type { AppUrls } from './app.js';
import { connectionString } from './queue-api.js';

/** What it is made of. */
export interface EnvironmentOptions {
  readonly worker: string;
  readonly urls: AppUrls;
  readonly source: string;
  /** The app's own settings. */
  readonly env: Readonly<Record<string, string>>;
}

/** The environment of a worker. */
export function environmentOf({ worker, urls, source, env }: EnvironmentOptions): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    HOME: '/tmp',
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    AZURE_FUNCTIONS_ENVIRONMENT: 'Production',
    FUNCTIONS_EXTENSION_VERSION: '~4',
    FUNCTIONS_WORKER_RUNTIME: 'node',
    AzureWebJobsScriptRoot: dirname(source),
    AzureWebJobsStorage: connectionString(new URL(urls.queues).origin),
    WEBSITE_SITE_NAME: 'local',
    WEBSITE_HOSTNAME: new URL(urls.front).host,
    WEBSITE_INSTANCE_ID: worker,
    ...env,
  };
}

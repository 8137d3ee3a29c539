/** The Java that engines from jars need. */
import { spawnSync } from 'node:child_process';
import { SourceMissing } from './engine.js';

const JAVA_MIN = 17;

/** @throws SourceMissing where there is no Java that runs them. */
export function checkJava(): void {
  const { stderr, error } = spawnSync('java', ['-version'], { encoding: 'utf8' });
  const version = /version "(?<major>\d+)[^"]*"/.exec(stderr ?? '');
  if (error !== undefined || version?.groups?.major === undefined)
    throw new SourceMissing('no java on the PATH');
  if (Number(version.groups.major) < JAVA_MIN)
    throw new SourceMissing(`java ${version.groups.major} is too old: ${JAVA_MIN} is needed`);
}

/** The verdict as JUnit XML, which every continuous integration shows: one test case for each law. */
import xmlbuilder from 'xmlbuilder';
import type { LawResult, Verdict } from '../verdict.js';
import { failureText, whatIsWrong } from './failure.js';
import { replayCommand } from './replay-command.js';
import { extent, groupsOf } from './totals.js';
import { visible, visibleLine } from './visible.js';

/** A verdict as `--junit` writes it. `command` runs the suite on this adapter. */
export function junitReport(verdict: Verdict, command: string): string {
  const adapter = visibleLine(verdict.adapter);
  const root = xmlbuilder.create('testsuites', { encoding: 'UTF-8' });
  for (const [name, value] of Object.entries(counts(verdict.results, `conformance of ${adapter}`)))
    root.att(name, value);
  for (const [group, results] of groupsOf(verdict)) {
    const suite = root.ele('testsuite', counts(results, `${adapter}.${group}`));
    const properties = suite.ele('properties');
    for (const [name, value] of Object.entries(facts(verdict)))
      properties.ele('property', { name, value: visibleLine(value) });
    for (const result of results) {
      const testcase = suite.ele('testcase', {
        classname: `${adapter}.${group}`,
        name: result.law,
        time: result.seconds.toFixed(3),
      });
      if (result.verdict === 'skipped')
        testcase.ele('skipped', { message: visibleLine(result.reason ?? '') });
      if (result.verdict === 'failed') failureElement(testcase, result, verdict, command);
    }
  }
  return `${root.end({ pretty: true })}\n`;
}

function failureElement(
  testcase: xmlbuilder.XMLElement,
  { failure }: LawResult,
  { depth }: Verdict,
  command: string,
): void {
  if (failure === undefined) return;
  const [first = ''] = whatIsWrong(failure.cause).split('\n');
  const replay = replayCommand(command, failure.schedule, depth);
  testcase
    .ele('failure', { message: visibleLine(first), type: 'LawFailed' })
    .txt(visible(failureText(failure, { replay })));
}

function counts(results: readonly LawResult[], name: string): Record<string, string> {
  const count = (verdict: LawResult['verdict']) =>
    String(results.filter((result) => result.verdict === verdict).length);
  return {
    name,
    tests: String(results.length),
    failures: count('failed'),
    errors: '0',
    skipped: count('skipped'),
    time: results.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(3),
  };
}

function facts(verdict: Verdict): Record<string, string> {
  return {
    engine: verdict.engine,
    seed: String(verdict.seed),
    depth: extent(verdict),
    complete: String(verdict.complete),
  };
}

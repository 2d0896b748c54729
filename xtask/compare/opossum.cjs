// The seven cases of `cargo xtask compare breaker`, played with npm's opossum.
//
//     node opossum.cjs FOLDER_OF_OPOSSUM '{"few":100,"many":100000,"failures":100,"rounds":7,"rejects":100000}'
//
// Prints what it saw as one JSON document. The settings are the plan's profile (timeout 5 s, 50 %,
// at least 10 calls) but where a case says otherwise; it waits for milliseconds where that would
// wait for seconds.
'use strict';

const [folder, extent] = process.argv.slice(2);
const CircuitBreaker = require(folder);
const { version } = require(`${folder}/package.json`);
const { few, many, failures, rounds, rejects } = JSON.parse(extent);

const RESET = 30;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** What is guarded: the argument says what becomes of a call. */
const action = (what) => what();
const succeed = () => Promise.resolve();
const fail = () => Promise.reject(new Error('out'));

function guarded(options) {
  const plan = { timeout: 5000, errorThresholdPercentage: 50, volumeThreshold: 10 };
  return new CircuitBreaker(action, { ...plan, resetTimeout: RESET, ...options });
}

function state(breaker) {
  return breaker.opened ? 'open' : breaker.halfOpen ? 'half-open' : 'closed';
}

/** Calls one after the other; what becomes of them is not asked for. */
async function calls(breaker, times, what) {
  for (let nth = 0; nth < times; nth += 1) {
    await breaker.fire(what).catch(() => {});
  }
}

/** A call that ends when it is told to. */
function held(breaker) {
  let end;
  const ended = new Promise((resolve) => { end = resolve; });
  const call = breaker.fire(() => ended).catch(() => {});
  return { end: () => { end(); return call; } };
}

async function o1() {
  const breaker = guarded({ capacity: 2 });
  let served = 0;
  const ask = () => sleep(5).then(() => { served += 1; });
  const fired = Array.from({ length: 100 }, () => breaker.fire(ask).catch(() => {}));
  await Promise.all(fired);
  const now = state(breaker);
  return { right: now === 'closed', saw: `${now}; ${served} served, no call failed` };
}

async function o2() {
  const breaker = guarded({});
  const early = Array.from({ length: 10 }, () => held(breaker));
  await calls(breaker, 11, fail);
  const tripped = state(breaker);
  await sleep(2 * RESET);
  const before = state(breaker);
  await Promise.all(early.map((call) => call.end()));
  const after = state(breaker);
  const right = tripped === 'open' && before === 'half-open' && after === 'half-open';
  return { right, saw: `${tripped}, ${before}, then ${after} without a probe` };
}

async function o3() {
  // With a timeout the probe would end: this is about work that has none.
  const breaker = guarded({ timeout: false });
  await calls(breaker, 10, fail);
  await sleep(2 * RESET);
  held(breaker);
  await sleep(10 * RESET);
  let asked = 0;
  await calls(breaker, 100, () => { asked += 1; return succeed(); });
  const now = state(breaker);
  return { right: now === 'closed', saw: `${now}; ${asked} of 100 later calls let through` };
}

async function o4() {
  const breaker = guarded({ volumeThreshold: 40 });
  const inFlight = Array.from({ length: 100 }, () => held(breaker));
  await calls(breaker, 40, fail);
  const now = state(breaker);
  await Promise.all(inFlight.map((call) => call.end()));
  return { right: now === 'open', saw: `${now} after 40 failures of 40` };
}

async function o5() {
  const half = guarded({});
  await calls(half, 5, succeed);
  await calls(half, 5, fail);
  const all = guarded({ errorThresholdPercentage: 100 });
  await calls(all, 10, fail);
  const [first, second] = [state(half), state(all)];
  const right = first === 'open' && second === 'open';
  return { right, saw: `${first} at 5 of 10 and 50 %, ${second} at 10 of 10 and 100 %` };
}

async function o6() {
  // At 100 % it never opens, as O5 shows: so it is the capacity alone that is looked at.
  const breaker = guarded({ capacity: 2, timeout: 5, errorThresholdPercentage: 100 });
  let running = 0;
  let most = 0;
  const work = async () => {
    running += 1;
    most = Math.max(most, running);
    await sleep(500);
    running -= 1;
  };
  for (let pair = 0; pair < 6; pair += 1) {
    await Promise.all([0, 1].map(() => breaker.fire(work).catch(() => {})));
  }
  return { right: most <= 2, saw: `${most} at once` };
}

/** Nanoseconds of each of so many calls. */
async function nanosEach(times, work) {
  const began = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - began) / times;
}

function median(values) {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** Of a failure that comes after so many successes. */
async function failureAmong(samples) {
  const each = [];
  for (let round = 0; round < rounds; round += 1) {
    const breaker = guarded({ errorThresholdPercentage: 100 });
    await calls(breaker, samples, succeed);
    each.push(await nanosEach(failures, () => calls(breaker, failures, fail)));
    breaker.shutdown();
  }
  return median(each);
}

async function o7() {
  const closed = guarded({});
  await calls(closed, rejects, succeed);
  const success = await nanosEach(rejects, () => calls(closed, rejects, succeed));
  const open = guarded({ resetTimeout: 600000 });
  await calls(open, 10, fail);
  const reject = await nanosEach(rejects, () => calls(open, rejects, succeed));
  if (state(open) !== 'open') throw new Error('it was to stay open');
  return { success, reject, few: await failureAmong(few), many: await failureAmong(many) };
}

async function play() {
  const findings = [];
  for (const play of [o1, o2, o3, o4, o5, o6]) {
    findings.push({ case: play.name, ...(await play()) });
  }
  return { version, node: process.version, findings, figures: await o7() };
}

play().then((seen) => process.stdout.write(`${JSON.stringify(seen)}\n`));

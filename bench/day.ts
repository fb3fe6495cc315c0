// A day of a deployment of a size that no test can have, as a discrete-event simulation: pushes and pull requests arrive,
// are merged as the queue merges them, wait for a worker, for GitHub's limit of requests at once and for their installation's
// hourly allowance; between them goes the sweep that asks for every head. Seeded: the same options give the same day.

export interface DayOptions {
  readonly seed: number;
  /** Each with one repository and one installation. */
  readonly organizations: number;
  readonly hours: number;
  /** Means over the organisations; how unequal they are is `skew`. */
  readonly pushesPerDay: number;
  readonly checksPerDay: number;
  /** The standard deviation of the logarithm of an organisation's share: 0, all are alike; 2, a hundredth makes half of all. */
  readonly skew: number;
  /** The busiest hour over the mean one. */
  readonly peak: number;
  readonly workers: number;
  /** Jobs of one kind that a worker process works on at once. */
  readonly slotsPerWorker: number;
  readonly sync: JobCost;
  readonly check: JobCost;
  /** Requests that GitHub takes of the app at once. */
  readonly requestsAtOnce: number;
  /** How long GitHub takes to answer one, on average. */
  readonly latencyMs: number;
  /** Requests an hour that GitHub gives an installation. */
  readonly allowance: number;
  /** How many heads the sweep asks for at once; 0: there is no sweep. */
  readonly sweepAtOnce: number;
}

/** What one job takes. Times are means of exponential distributions, which are wider than what is measured. */
export interface JobCost {
  readonly localMs: number;
  readonly requests: number;
  /** Requests that it has under way together. */
  readonly atOnce: number;
}

export interface DayReport {
  readonly arrived: number;
  /** Merged with one of the same repository that waited already. */
  readonly merged: number;
  readonly done: number;
  /** Waiting or running when the day is over. */
  readonly left: number;
  readonly postponed: number;
  readonly waitMs: { readonly mean: number; readonly p50: number; readonly p99: number; readonly max: number };
  readonly deepestQueue: number;
  /** Shares of the time, 0 to 1. */
  readonly slotsBusy: number;
  readonly requestsBusy: number;
  readonly requests: number;
  readonly busiestRequestsPerSecond: number;
  /** Heads that were asked for, and how long it takes to come round. */
  readonly headsAsked: number;
  readonly headsEveryMinutes: number;
}

const hourMs = 3_600_000;
const [ends, answers, allows, heads] = [0, 1, 2, 3];

interface Kind {
  readonly cost: JobCost;
  /** Of each repository: 0 nothing, 1 waits, 2 runs, 3 runs and another waits. */
  readonly states: Uint8Array;
}

/** Lives through the day. Throws where a job was lost, which would be a fault of the simulation. */
export function simulateDay(options: DayOptions): DayReport {
  const random = createRandom(options.seed);
  const exponential = (mean: number) => -Math.log(1 - random()) * mean;
  const shares = cumulativeShares(options, random);
  const kinds: readonly Kind[] = [options.sync, options.check].map((cost) => ({
    cost,
    states: new Uint8Array(options.organizations),
  }));
  const endMs = options.hours * hourMs;
  const events = createEvents();
  const queue = createFifo<{ readonly kind: number; readonly repository: number; readonly since: number }>();
  const talking = createFifo<{ readonly job: number; readonly lanes: number; readonly ms: number }>();
  const jobs: { kind: number; repository: number }[] = [];
  const used = { hour: -1, requests: new Uint32Array(options.organizations) };
  const perMinute = new Float64Array(Math.ceil(endMs / 60_000) + 1);
  const waits: number[] = [];
  let [now, arrived, merged, done, postponed, deepest, requests, headsAsked] = [0, 0, 0, 0, 0, 0, 0, 0];
  let [freeSlots, freeLanes, slotMs, laneMs, lastMs, inPause] = [
    options.workers * options.slotsPerWorker,
    options.requestsAtOnce,
    0,
    0,
    0,
    0,
  ];
  const slots = freeSlots;

  const pass = (to: number) => {
    slotMs += (slots - freeSlots) * (to - lastMs);
    laneMs += (options.requestsAtOnce - freeLanes) * (to - lastMs);
    lastMs = to;
    now = to;
  };
  const count = (amount: number) => {
    requests += amount;
    perMinute[Math.floor(now / 60_000)] = (perMinute[Math.floor(now / 60_000)] ?? 0) + amount;
  };
  const kindOf = (kind: number) => kinds[kind] as Kind;
  const enqueue = (kind: number, repository: number) => {
    queue.push({ kind, repository, since: now });
    deepest = Math.max(deepest, queue.size());
  };
  const arrive = (kind: number) => {
    arrived += 1;
    const repository = pick(shares, random());
    const { states } = kindOf(kind);
    const state = states[repository] ?? 0;
    if (state === 1 || state === 3) merged += 1;
    else {
      states[repository] = state + 1;
      if (state === 0) enqueue(kind, repository);
    }
  };
  const begin = () => {
    while (freeSlots > 0 && queue.size() > 0) {
      const { kind, repository, since } = queue.shift();
      const { cost, states } = kindOf(kind);
      if (!allowed(repository, cost.requests)) {
        postponed += 1;
        inPause += 1;
        events.push((Math.floor(now / hourMs) + 1) * hourMs, allows, repository * 2 + kind);
        continue;
      }
      waits.push(now - since);
      states[repository] = 2;
      freeSlots -= 1;
      const job = jobs.push({ kind, repository }) - 1;
      if (cost.requests === 0) events.push(now + exponential(cost.localMs), ends, job);
      else talk(job, cost.atOnce, exponential((cost.requests / cost.atOnce) * options.latencyMs), cost.requests);
    }
  };
  const allowed = (repository: number, wanted: number) => {
    const hour = Math.floor(now / hourMs);
    if (used.hour !== hour) {
      used.hour = hour;
      used.requests.fill(0);
    }
    const before = used.requests[repository] ?? 0;
    if (before + wanted > options.allowance) return false;
    used.requests[repository] = before + wanted;
    return true;
  };
  const talk = (job: number, lanes: number, ms: number, amount: number) => {
    count(amount);
    talking.push({ job, lanes, ms });
    letTalk();
  };
  const letTalk = () => {
    while (talking.size() > 0 && talking.first().lanes <= freeLanes) {
      const { job, lanes, ms } = talking.shift();
      freeLanes -= lanes;
      events.push(now + ms, job < 0 ? heads : answers, job);
    }
  };
  const handle: readonly ((payload: number) => void)[] = [
    (index) => {
      const { kind, repository } = jobs[index] as { kind: number; repository: number };
      const { states } = kindOf(kind);
      done += 1;
      freeSlots += 1;
      states[repository] = (states[repository] ?? 0) - 2;
      if (states[repository] === 1) enqueue(kind, repository);
      begin();
    },
    (index) => {
      const { cost } = kindOf(jobs[index]?.kind ?? 0);
      freeLanes += cost.atOnce;
      letTalk();
      events.push(now + exponential(cost.localMs), ends, index);
    },
    (payload) => {
      inPause -= 1;
      queue.push({ kind: payload % 2, repository: Math.floor(payload / 2), since: now });
      begin();
    },
    (sweeper) => {
      headsAsked += 1;
      freeLanes += 1;
      talk(sweeper, 1, exponential(options.latencyMs), 1);
    },
  ];

  for (let sweeper = 0; sweeper < options.sweepAtOnce; sweeper += 1)
    talk(-1 - sweeper, 1, exponential(options.latencyMs), 1);
  const perMs = ((options.pushesPerDay + options.checksPerDay) * options.organizations) / (24 * hourMs);
  const pushShare = options.pushesPerDay / (options.pushesPerDay + options.checksPerDay);
  let nextArrival = exponential(1 / (perMs * options.peak));
  for (;;) {
    const at = Math.min(nextArrival, events.nextAt());
    if (at >= endMs) break;
    pass(at);
    if (at === nextArrival) {
      // A day that rises and falls as a cosine: as many arrivals as at its peak, of which the others are left out.
      const rate = 1 + (options.peak - 1) * Math.cos((2 * Math.PI * (at / hourMs - 14)) / 24);
      if (random() * options.peak < rate) {
        arrive(random() < pushShare ? 0 : 1);
        begin();
      }
      nextArrival = at + exponential(1 / (perMs * options.peak));
    } else {
      const { what, payload } = events.shift();
      handle[what]?.(payload);
    }
  }
  pass(endMs);
  const second = kinds.reduce((sum, { states }) => sum + states.reduce((n, state) => n + (state === 3 ? 1 : 0), 0), 0);
  const left = queue.size() + inPause + (slots - freeSlots) + second;
  if (arrived !== merged + done + left) throw new Error("The simulation lost a job");
  waits.sort((one, other) => one - other);
  return {
    ...{ arrived, merged, done, left, postponed, headsAsked, requests, deepestQueue: deepest },
    waitMs: {
      mean: waits.reduce((sum, wait) => sum + wait, 0) / Math.max(1, waits.length),
      p50: waits[Math.floor(waits.length * 0.5)] ?? 0,
      p99: waits[Math.floor(waits.length * 0.99)] ?? 0,
      max: waits.at(-1) ?? 0,
    },
    slotsBusy: slotMs / (slots * endMs),
    requestsBusy: laneMs / (options.requestsAtOnce * endMs),
    busiestRequestsPerSecond: perMinute.reduce((most, minute) => Math.max(most, minute), 0) / 60,
    headsEveryMinutes:
      headsAsked === 0 ? Number.POSITIVE_INFINITY : (options.organizations / headsAsked) * options.hours * 60,
  };
}

/** The mean wait in a queue of M/M/c, by Erlang's C: what a simulation without GitHub must come to. */
export function erlangWaitMs(arrivalsPerMs: number, serviceMs: number, servers: number): number {
  const load = arrivalsPerMs * serviceMs;
  let blocked = 1;
  for (let server = 1; server <= servers; server += 1) blocked = (load * blocked) / (server + load * blocked);
  const waiting = blocked / (1 - (load / servers) * (1 - blocked));
  return (waiting * serviceMs) / (servers - load);
}

/** Mulberry32: 32 bits of state, evenly spread, the same on every machine. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function cumulativeShares({ organizations, skew }: DayOptions, random: () => number): Float64Array {
  const shares = new Float64Array(organizations);
  let sum = 0;
  for (let index = 0; index < organizations; index += 1) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    sum += Math.exp(skew * normal);
    shares[index] = sum;
  }
  return shares;
}

function pick(shares: Float64Array, point: number): number {
  const wanted = point * (shares.at(-1) ?? 0);
  let [low, high] = [0, shares.length - 1];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((shares[middle] ?? 0) > wanted) high = middle;
    else low = middle + 1;
  }
  return low;
}

interface Event {
  readonly at: number;
  readonly what: number;
  readonly payload: number;
}

/** What is going to happen, soonest first: a binary heap. */
function createEvents() {
  const heap: Event[] = [];
  const at = (index: number) => heap[index]?.at ?? Number.POSITIVE_INFINITY;
  const swap = (one: number, other: number) => {
    [heap[one], heap[other]] = [heap[other] as Event, heap[one] as Event];
  };
  return {
    nextAt: () => at(0),
    push(time: number, what: number, payload: number) {
      let index = heap.push({ at: time, what, payload }) - 1;
      for (let parent = (index - 1) >> 1; index > 0 && at(parent) > at(index); parent = (index - 1) >> 1) {
        swap(index, parent);
        index = parent;
      }
    },
    shift(): Event {
      const first = heap[0] as Event;
      const last = heap.pop() as Event;
      if (heap.length > 0) heap[0] = last;
      for (let index = 0; ; ) {
        const child = at(2 * index + 1) <= at(2 * index + 2) ? 2 * index + 1 : 2 * index + 2;
        if (at(child) >= at(index)) return first;
        swap(index, child);
        index = child;
      }
    },
  };
}

/** First in, first out, without moving what waits. */
function createFifo<T>() {
  let items: T[] = [];
  let start = 0;
  return {
    size: () => items.length - start,
    first: () => items[start] as T,
    push(item: T) {
      items.push(item);
    },
    shift(): T {
      const item = items[start] as T;
      start += 1;
      if (start > 10_000 && start * 2 > items.length) {
        items = items.slice(start);
        start = 0;
      }
      return item;
    },
  };
}

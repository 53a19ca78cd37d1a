// Who asks, what they may do, and which repositories there are; kept current by the server's events.

import { all, events, get, key } from "./api.js";

const SCOPES = ["read", "write", "admin"];

export const session = { about: null, repositories: [], jobs: new Map(), loaded: false };

const changed = new EventTarget();
let following = null;

/** Be told when repositories or jobs change, until `signal` ends it. */
export const onSession = (hear, signal) => changed.addEventListener("change", hear, { signal });

const tell = () => changed.dispatchEvent(new Event("change"));

/** Whether the caller's scope includes another. */
export function may(scope) {
  const own = session.about?.caller?.scope;
  return own !== undefined && SCOPES.indexOf(own) >= SCOPES.indexOf(scope);
}

/** Ask who we are, and what there is; throws a Problem (401 when a key is needed). */
export async function load() {
  session.about = await get("/v1/about");
  if (session.about.caller) {
    await loadRepositories();
    follow();
  }
  session.loaded = true;
  tell();
}

export async function loadRepositories() {
  session.repositories = await all("/v1/repositories");
  tell();
}

export async function loadJobs() {
  const { items: jobs } = await get("/v1/jobs?limit=50"); // the newest: more is history
  session.jobs = new Map(jobs.map((job) => [job.id, job]));
  tell();
}

/** Use another key, or none. */
export async function signIn(secret) {
  const before = key.get();
  key.set(secret);
  try {
    await load();
  } catch (problem) {
    key.set(before);
    throw problem;
  }
}

/** Whether nobody needs a key: whoever reaches the loopback address may do everything. */
export const isOpen = () => session.about?.keys === false;

export const named = (name) => session.repositories.find((repository) => repository.name === name);
export const askable = () => session.repositories.filter((repository) => repository.commit || repository.indexed_at || repository.state === "ready");
export const isRunning = (job) => job.state === "queued" || job.state === "running";

function follow() {
  following?.abort();
  following = new AbortController();
  const { signal } = following;
  events("/v1/events", (name, job) => hear(name, job), signal);
}

let missed = false;

async function hear(name, job) {
  try {
    if (name === "open") {
      if (missed) await Promise.all([loadRepositories(), loadJobs()]); // what happened while there was no connection
      missed = true;
    } else if (name === "job") {
      await noticeJob(job);
    }
  } catch {
    // the next event, or the next view, asks again
  }
}

async function noticeJob(job) {
  const before = session.jobs.get(job.id);
  session.jobs.set(job.id, job);
  const isNew = !named(job.repository);
  if (isNew || (!isRunning(job) && before?.state !== job.state)) await loadRepositories();
  tell();
}

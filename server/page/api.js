// The HTTP API: JSON in and out, errors as problems with their words, and events over fetch (EventSource sends no key).

const STORED = "locant.key";
const FIRST_WAIT = 1000; // milliseconds before events are asked for again; doubled up to LONGEST_WAIT
const LONGEST_WAIT = 30000;

/** What the server refused, or that it did not answer (status 0). */
export class Problem extends Error {
  constructor(status, title, detail, request = "") {
    super(detail || title);
    Object.assign(this, { name: "Problem", status, title, request });
  }
}

export const key = {
  get: () => sessionStorage.getItem(STORED) ?? "",
  set: (value) => (value ? sessionStorage.setItem(STORED, value) : sessionStorage.removeItem(STORED)),
};

/** Where a path of the API is: beside the page, which need not be at the root of its host. */
const address = (path) => new URL(path.replace(/^\//, ""), document.baseURI);

function headers(extra = {}) {
  const secret = key.get();
  return secret ? { ...extra, Authorization: `Bearer ${secret}` } : extra;
}

async function ask(method, path, body, signal) {
  const options = { method, signal, headers: headers({ Accept: "application/json" }) };
  if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers["Content-Type"] = "application/json";
  }
  let response;
  try {
    response = await fetch(address(path), options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, "No answer", "The server does not answer. Is it running, and is the network up?");
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

async function problemOf(response) {
  const told = await response.json().catch(() => ({}));
  const request = told.request_id ?? response.headers.get("x-request-id") ?? "";
  const detail = typeof told.detail === "string" ? told.detail : "";
  const problem = new Problem(response.status, told.title ?? `HTTP ${response.status}`, detail, request);
  if (response.status === 401) window.dispatchEvent(new CustomEvent("locant:signin", { detail: problem }));
  return problem;
}

const json = async (response) => (response.status === 204 ? null : response.json());

export const get = async (path, signal) => json(await ask("GET", path, undefined, signal));
export const text = async (path, signal) => (await ask("GET", path, undefined, signal)).text();
export const post = async (path, body = {}, signal) => json(await ask("POST", path, body, signal));
export const del = async (path) => json(await ask("DELETE", path));

/** All items of a list, page by page. */
export async function all(path, signal) {
  const items = [];
  for (let cursor = "", more = true; more; ) {
    const mark = path.includes("?") ? "&" : "?";
    const page = await get(cursor ? `${path}${mark}cursor=${encodeURIComponent(cursor)}` : path, signal);
    items.push(...page.items);
    cursor = page.next;
    more = Boolean(cursor);
  }
  return items;
}

/** Ask one repository: `method` is one of the index's (search, view, ...). */
export const askRepository = (name, method, body, signal) => post(`/v1/repositories/${encodeURIComponent(name)}/${method}`, body, signal);

/** Hear of events until `signal` ends it; after a break the connection is made again, each time after a longer wait. */
export async function events(path, hear, signal) {
  for (let wait = FIRST_WAIT; !signal.aborted; wait = Math.min(2 * wait, LONGEST_WAIT)) {
    try {
      const response = await fetch(address(path), { signal, headers: headers({ Accept: "text/event-stream" }) });
      if (response.status === 401 || response.status === 403 || response.status === 404) return;
      if (response.ok) {
        hear("open", null);
        wait = FIRST_WAIT;
        await readEvents(response.body, hear);
      }
    } catch {
      if (signal.aborted) return;
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

async function readEvents(stream, hear) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  for (let rest = ""; ; ) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + value).replace(/\r\n?/g, "\n").split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) tell(block, hear);
  }
}

function tell(block, hear) {
  let name = "message";
  const data = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("event:")) name = line.slice(6).trim();
    else if (line.startsWith("data:")) data.push(line.slice(5).trimStart());
  }
  if (data.length) hear(name, JSON.parse(data.join("\n")));
}

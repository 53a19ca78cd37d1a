// Repositories and jobs, as they are now: added, refreshed and removed by who may.

import { del, post } from "./api.js";
import { confirmed, fill, h, icon, modal, say, toast } from "./dom.js";
import { age, commit, count, duration } from "./format.js";
import { here, href, replace } from "./router.js";
import { isRunning, loadJobs, loadRepositories, may, named, onSession, session } from "./session.js";

const HISTORY = 15; // finished jobs that are listed

export function repositoriesView({ signal }) {
  const list = h("div", { class: "repositories" });
  const jobs = h("section", { class: "jobs", "aria-label": "Jobs" });
  const element = h("div", { class: "page" },
    h("header", { class: "page-head" }, h("h1", {}, "Repositories"), may("write") ? h("button", { type: "button", class: "primary", onclick: addDialog }, icon("plus"), "Add") : null),
    list, jobs);
  const draw = () => {
    const focused = document.activeElement?.dataset?.act;
    fill(list, rows());
    fill(jobs, history());
    if (focused && document.activeElement === document.body) list.querySelector(`[data-act="${CSS.escape(focused)}"]`)?.focus();
  };
  draw();
  onSession(draw, signal);
  Promise.all([loadRepositories(), loadJobs()]).catch((problem) => toast(problem.message, "error"));
  if (here().query.get("add") && may("write")) queueMicrotask(() => { replace("#/repositories"); addDialog(); });
  return { element, title: "Repositories" };
}

function rows() {
  if (!session.repositories.length) return h("div", { class: "state" }, icon("file"), h("p", {}, may("write") ? "No repository yet. Add one by its folder on the server or by its git address." : "No repository yet, or none that your key may see."));
  return h("ul", { class: "repo-list" }, session.repositories.map(row));
}

const STATES = { ready: "ready", indexing: "indexing", queued: "waiting", failed: "failed", gone: "gone" };

function row(repository) {
  const { name, state } = repository;
  const job = [...session.jobs.values()].find((one) => one.repository === name && isRunning(one));
  const shown = job ? (job.state === "running" ? "indexing" : "queued") : state;
  return h("li", { class: ["repo-row", shown] },
    h("div", { class: "repo-main" },
      h("h2", {}, h("bdi", {}, name)),
      h("span", { class: ["pill", shown] }, STATES[shown] ?? shown),
      h("p", { class: "source", title: repository.url ?? repository.path ?? "" }, source(repository))),
    job ? progress(job) : facts(repository),
    h("div", { class: "repo-acts" }, acts(repository, job)),
    repository.error ? h("p", { class: "repo-error" }, icon("alert"), repository.error) : null);
}

function source(repository) {
  const what = repository.url ?? repository.path ?? (repository.source === "git" ? "git" : "a folder");
  const rev = repository.revision ?? repository.branch;
  return rev ? [what, h("span", { class: "dim" }, ` @ ${rev}`)] : what;
}

function facts({ files, chunks, commit: id, dirty, indexed_at: at }) {
  const cells = [["files", files?.toLocaleString("en")], ["chunks", chunks?.toLocaleString("en")], ["commit", id ? commit(id) + (dirty ? " +" : "") : null], ["indexed", at ? age(at) : null]];
  return h("dl", { class: "facts" }, cells.map(([label, value]) => h("div", {}, h("dt", {}, label), h("dd", { title: label === "commit" ? (id ?? "") : null }, value ?? "–"))));
}

function progress(job) {
  const { stage, phase, done = 0, total = 0 } = job.progress ?? {};
  const words = job.state === "queued" ? "waiting for a worker" : (stage ?? phase ?? "starting");
  return h("div", { class: "progress" },
    h("span", { class: "words" }, words, total ? h("span", { class: "dim" }, ` ${done.toLocaleString("en")} / ${total.toLocaleString("en")}`) : null, h("span", { class: "dim" }, job.started_at ? ` · ${duration(job.started_at)}` : "")),
    h("progress", { "aria-label": `Indexing ${job.repository}`, ...(total ? { value: done, max: total } : {}) }));
}

function acts(repository, job) {
  const { name } = repository;
  const act = (id, glyph, label, run) => h("button", { type: "button", class: "ghost icon", "data-act": `${id} ${name}`, "aria-label": `${label} ${name}`, title: label, onclick: run }, icon(glyph));
  const link = (view, glyph, label, address) => h("a", { class: "ghost icon", href: address, "aria-label": `${label} ${name}`, title: label }, icon(glyph));
  const canAsk = repository.commit || repository.indexed_at;
  return [
    canAsk ? link("search", "search", "Search in", href("search", [], { in: name })) : null,
    canAsk ? link("map", "target", "Map of", href("map", [name])) : null,
    !may("write") ? null : job ? act("cancel", "stop", "Cancel the job of", () => quietly(() => post(`/v1/jobs/${encodeURIComponent(job.id)}/cancel`))) : act("refresh", "refresh", "Refresh", () => quietly(() => refresh(name))),
    may("write") ? act("remove", "trash", "Remove", () => remove(name)) : null,
  ];
}

async function quietly(run) {
  try {
    await run();
  } catch (problem) {
    toast(problem.message, "error");
  }
}

async function refresh(name) {
  noteJob(await post(`/v1/repositories/${encodeURIComponent(name)}/refresh`));
  say(`${name} is refreshed`);
}

function noteJob(job) {
  if (job?.id !== undefined && !session.jobs.has(job.id)) session.jobs.set(job.id, job);
  return loadRepositories();
}

async function remove(name) {
  const isSure = await confirmed(`Remove ${name}?`, named(name)?.source === "git" ? "Its index and the clone that the server made are deleted. The remote repository is not touched." : "Its index is deleted. The folder itself is not touched.", "Remove");
  if (!isSure) return;
  await quietly(async () => {
    await del(`/v1/repositories/${encodeURIComponent(name)}`);
    await loadRepositories();
    toast(`${name} was removed`);
  });
}

function addDialog() {
  const source = h("input", { name: "source", required: true, autofocus: true, placeholder: "https://github.com/org/project.git or /srv/code/project", spellcheck: "false", autocapitalize: "off", autocomplete: "off" });
  const name = h("input", { name: "name", placeholder: "from the address", spellcheck: "false", autocomplete: "off" });
  const rev = h("input", { name: "branch", placeholder: "the default branch", spellcheck: "false", autocomplete: "off" });
  const modules = h("input", { type: "checkbox", name: "submodules" });
  const wrong = h("p", { class: "form-error", role: "alert", hidden: true });
  const send = h("button", { class: "primary" }, "Add");
  const onlyGit = h("div", { class: "only-git" }, field("Branch", rev), h("label", { class: "check" }, modules, "With its submodules"));
  const body = h("form", { class: "form" }, field("Git address or folder on the server", source), onlyGit, field("Name here", name), wrong, h("div", { class: "row end" }, send));
  const { dialog } = modal("Add a repository", body);
  source.addEventListener("input", () => (onlyGit.hidden = isFolder(source.value)));
  body.addEventListener("submit", async (event) => {
    event.preventDefault();
    send.disabled = true;
    wrong.hidden = true;
    try {
      const made = await post("/v1/repositories", addBody(source.value.trim(), name.value.trim(), rev.value.trim(), modules.checked));
      dialog.close();
      toast(`${made.name} was added; it can be asked as soon as it is indexed`);
      await loadRepositories();
      await loadJobs();
    } catch (problem) {
      fill(wrong, problem.message);
      wrong.hidden = false;
    }
    send.disabled = false;
  });
}

const isFolder = (text) => /^(?:\/|~|\.)/.test(text.trim());
const field = (label, input) => h("label", { class: "field" }, h("span", {}, label), input);

function addBody(source, name, branch, submodules) {
  const own = name ? { name } : {};
  if (isFolder(source)) return { path: source, ...own };
  return { url: source, ...own, ...(branch ? { branch } : {}), ...(submodules ? { submodules } : {}) };
}

function history() {
  const jobs = [...session.jobs.values()].sort((a, b) => b.id - a.id).slice(0, HISTORY);
  if (!jobs.length) return null;
  return [h("h2", {}, "Jobs"), h("div", { class: "table-box", tabindex: "0", role: "region", "aria-label": "Jobs, newest first" }, h("table", {}, h("thead", {}, h("tr", {}, ["Repository", "Kind", "State", "Took", "When"].map((label) => h("th", { scope: "col" }, label)))), h("tbody", {}, jobs.map((job) => [h("tr", {},
    h("td", {}, h("bdi", {}, job.repository)), h("td", {}, job.kind), h("td", {}, h("span", { class: ["pill", job.state] }, job.state)), h("td", {}, job.started_at ? duration(job.started_at, job.ended_at) : "–"), h("td", {}, age(job.created_at))),
  job.error ? h("tr", { class: "job-error" }, h("td", { colspan: "5" }, job.error)) : null]))))];
}

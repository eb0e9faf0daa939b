// Runs every scenario with every client on every backend, a line for each.
import { readFileSync } from 'node:fs';
import { scenarios } from './scenarios.mjs';
import { url } from './talk.mjs';

const longest = 20_000; // ms that one scenario may take

const modules = ['google-genai', 'openai', 'ai-sdk', 'langchain'];
const models = { openai: 'gpt-4o', gemini: 'gemini-3-pro' };

const version = (name) => JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url))).version;

const within = (promise) => {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${longest} ms`)), longest);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};

let passed = 0, failed = 0, lacking = 0;
const say = (outcome, what, note = '') => console.log(`${outcome.padEnd(6)} ${what}${note && `: ${note}`}`);

// An error that no scenario awaited is a failure as well.
process.on('unhandledRejection', (error) => {
  failed++;
  say('FAILED', 'an error that nobody awaited', error?.stack ?? String(error));
});

// runOne says how a scenario went. What a client itself lacks must fail in
// what it gives, and not with an error.
async function runOne(client, backend, name) {
  const what = `${client.name} ${client.version}, ${backend} backend, ${name}`;
  const lack = client.lacks?.[name];
  try {
    await within(scenarios[name](client, `${models[client.front]}-on-${backend}`));
    if (lack) throw new Error(`it can after all; lacks says: ${lack}`);
    passed++;
    say('ok', what);
  } catch (error) {
    if (lack && error.code === 'ERR_ASSERTION') {
      lacking++;
      say('n/a', what, `the client ${lack}`);
      return;
    }
    failed++;
    say('FAILED', what, error?.stack ?? String(error));
  }
}

const only = process.argv[2] ?? '';
for (const module of modules) {
  const { clients } = await import(`./${module}.mjs`);
  for (const make of clients) {
    const client = make(url);
    client.version = version(client.package);
    for (const name of Object.keys(client.lacks ?? {})) if (!scenarios[name]) throw new Error(`no scenario ${name}`);
    for (const backend of ['chat', 'gemini']) {
      for (const name of Object.keys(scenarios)) {
        if (`${client.name} ${backend} ${name}`.includes(only)) await runOne(client, backend, name);
      }
    }
  }
}
console.log(`javascript: ${passed} passed, ${failed} failed${lacking ? `, ${lacking} skipped` : ''}`);
process.exit(failed > 0 || (passed === 0 && !only) ? 1 : 0);

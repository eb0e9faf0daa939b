// Each scenario drives one client through its own functions, described in
// README.md, and says what must have come of it.
import assert from 'node:assert/strict';
import { ada, capital, files, instructions, limits, pieces, questions, thought, usage } from './talk.mjs';

const paris = [{ name: 'get_weather', args: { city: 'Paris' } }];
const cities = [...paris, { name: 'get_weather', args: { city: 'Tokyo' } }];

const answered = (got, finish = 'stop') => {
  assert.equal(got.text, capital);
  assert.equal(got.finish, finish);
  assert.deepEqual(got.usage, usage);
};

// sawResults: the strict services say in the second turn what the first
// turn's calls brought, so both were understood.
const sawResults = (got, calls) => {
  assert.deepEqual(got.calls.map(({ name, args }) => ({ name, args })), calls);
  for (const { args } of calls) assert.match(got.text, new RegExp(`sunny in ${args.city}`));
};

// streamed: what was said arrives piece by piece and in order.
const streamed = (got) => assert.deepEqual(got.pieces.filter(Boolean), pieces);

const thinking = (model) => model.replace('-on-', '-thinks-on-');

const seen = (kind) => async (client, model) => {
  const f = files[kind];
  const got = await client.answer(model, { question: questions.media, file: f });
  assert.equal(got.text, `Seen: ${f.type} of ${f.bytes.length} bytes`);
};

const refused = async (client, ask, want) => {
  let failed;
  try {
    await ask();
  } catch (error) {
    failed = error;
  }
  assert.ok(failed, 'no error was told');
  const { message, ...kind } = client.failure(failed);
  assert.deepEqual(kind, want[client.front]);
  assert.ok(message, 'the error has no words');
};

const tooMany = { openai: { status: 429, kind: 'rate_limit_exceeded' }, gemini: { status: 429, kind: 'RESOURCE_EXHAUSTED' } };
const tooLong = { openai: { status: 400, kind: 'context_length_exceeded' }, gemini: { status: 400, kind: 'INVALID_ARGUMENT' } };
const unknown = { openai: { status: 404, kind: 'model_not_found' }, gemini: { status: 404, kind: 'NOT_FOUND' } };

export const scenarios = {
  'text': async (c, m) => answered(await c.answer(m, { question: questions.text })),
  'text, streamed': async (c, m) => {
    const got = await c.stream(m, { question: questions.text });
    streamed(got);
    answered(got);
  },
  'a tool over two turns': async (c, m) => sawResults(await c.tools(m, questions.one), paris),
  'a tool over two turns, streamed': async (c, m) => sawResults(await c.streamTools(m, questions.one), paris),
  'parallel tools': async (c, m) => sawResults(await c.tools(m, questions.two), cities),
  'parallel tools, streamed': async (c, m) => sawResults(await c.streamTools(m, questions.two), cities),
  'structured output': async (c, m) => assert.deepEqual(await c.structured(m, questions.person), ada),
  'structured output, streamed': async (c, m) => assert.deepEqual(await c.streamStructured(m, questions.person), ada),
  'thoughts': async (c, m) => {
    const got = await c.answer(thinking(m), { question: questions.text, think: true });
    assert.equal(got.thought, thought);
    answered(got);
  },
  'thoughts before a tool': async (c, m) => sawResults(await c.tools(thinking(m), questions.one, true), paris),
  'thoughts before a tool, streamed': async (c, m) => sawResults(await c.streamTools(thinking(m), questions.one, true), paris),
  'instructions and limits': async (c, m) => {
    const got = await c.settings(m, questions.settings, limits);
    assert.equal(got, `System: ${instructions} Limits: temperature=0.5 top-p=0.9 max=100 stop=["END"] seed=7`);
  },
  'an image': seen('image'),
  'a PDF': seen('pdf'),
  'sound': seen('audio'),
  'error: rate limit': (c, m) => refused(c, () => c.answer(m, { question: questions.rateLimit }), tooMany),
  'error: rate limit, streamed': (c, m) => refused(c, () => c.stream(m, { question: questions.rateLimit }), tooMany),
  'error: too long': (c, m) => refused(c, () => c.answer(m, { question: questions.tooLong }), tooLong),
  'error: unknown model': (c, m) => refused(c, () => c.answer(m.replace('-on-', '-missing-on-'), { question: questions.text }), unknown),
  'error: the stream breaks off': async (c, m) => {
    await assert.rejects(() => c.stream(m, { question: questions.broken }), (e) => e.code !== 'ERR_ASSERTION');
  },
};

// What every client says to the strict services, and what must come of it.
import { readFileSync } from 'node:fs';
import { z } from 'zod';

export const url = process.env.LOUTER_URL;
if (!url) throw new Error('LOUTER_URL is not set: run scripts/clients.sh');

export const questions = {
  text: 'What is the capital of France?',
  one: 'What is the weather?',
  two: 'What is the weather in two cities?',
  media: 'What is this?',
  person: 'Who?',
  settings: 'Tell the settings.',
  rateLimit: 'fail 429',
  tooLong: 'fail context',
  broken: 'Tell the capital, and break off.',
};

export const pieces = ['The ', 'capital ', 'of ', 'France ', 'is ', 'Paris.'];
export const capital = pieces.join('');
export const thought = 'Let me think about it.';
// Google shows thoughts to those clients of OpenAI's dialect alone who ask so.
export const showThoughts = { extra_body: { google: { thinking_config: { include_thoughts: true } } } };
export const instructions = 'Be brief.';
export const limits = { temperature: 0.5, topP: 0.9, max: 100, stop: ['END'], seed: 7 };
export const usage = { input: 20, output: 10, total: 30, cached: 4, reasoning: 3 };

export const weather = {
  name: 'get_weather',
  description: 'The weather in a city.',
  schema: z.object({ city: z.string(), days: z.number().int().nullable().optional() }),
  jsonSchema: {
    type: 'object', required: ['city'], additionalProperties: false,
    properties: { city: { type: 'string' }, days: { type: ['integer', 'null'] } },
  },
  run: ({ city }) => `sunny in ${city}`,
};

export const person = z.object({ name: z.string(), age: z.number().int().nullable() });
export const ada = { name: 'Ada', age: 36 };

const media = new URL('../../testdata/media/', import.meta.url);
const file = (name, type) => ({ name, type, bytes: readFileSync(new URL(name, media)) });
export const files = {
  image: file('red.png', 'image/png'),
  pdf: file('page.pdf', 'application/pdf'),
  audio: file('tone.wav', 'audio/wav'),
};

export const base64 = (f) => f.bytes.toString('base64');
export const dataURL = (f) => `data:${f.type};base64,${base64(f)}`;

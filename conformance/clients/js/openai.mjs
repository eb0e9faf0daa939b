import OpenAI from 'openai';
import { zodResponseFormat } from 'openai/helpers/zod';
import { base64, dataURL, instructions, person, showThoughts, weather } from './talk.mjs';

const countTokens = (u) => u && ({
  input: u.prompt_tokens, output: u.completion_tokens, total: u.total_tokens,
  cached: u.prompt_tokens_details?.cached_tokens, reasoning: u.completion_tokens_details?.reasoning_tokens,
});

const part = (f) => ({
  'image/png': () => ({ type: 'image_url', image_url: { url: dataURL(f) } }),
  'application/pdf': () => ({ type: 'file', file: { filename: f.name, file_data: dataURL(f) } }),
  'audio/wav': () => ({ type: 'input_audio', input_audio: { data: base64(f), format: 'wav' } }),
})[f.type]();

const messages = (talk) => [
  { role: 'system', content: instructions },
  { role: 'user', content: talk.file ? [{ type: 'text', text: talk.question }, part(talk.file)] : talk.question },
];

const thinking = (model) => ({ reasoning_effort: 'high', ...(model.endsWith('gemini') && showThoughts) });
const body = (model, talk) => ({ model, messages: messages(talk), ...(talk.think && thinking(model)) });
const format = zodResponseFormat(person, 'person');

// toolLoop is the SDK's own: it calls the function and asks again by itself.
async function toolLoop(runner) {
  const calls = [];
  runner.on('functionToolCall', (c) => calls.push({ name: c.name, args: JSON.parse(c.arguments) }));
  return { text: await runner.finalContent(), calls };
}

function client(url) {
  const { completions } = new OpenAI({ apiKey: 'any', baseURL: `${url}/v1`, maxRetries: 0 }).chat;
  const tools = [{ type: 'function', function: {
    name: weather.name, description: weather.description, parameters: weather.jsonSchema, parse: JSON.parse, function: weather.run } }];
  const loop = (model, question, think) => ({ ...body(model, { question, think }), tools });
  return {
    name: 'openai', package: 'openai', front: 'openai',
    async answer(model, talk) {
      const { choices: [choice], usage } = await completions.create(body(model, talk));
      return { text: choice.message.content, thought: choice.message.reasoning_content, finish: choice.finish_reason, usage: countTokens(usage) };
    },
    async stream(model, talk) {
      const stream = completions.stream({ ...body(model, talk), stream_options: { include_usage: true } });
      const pieces = [];
      stream.on('content', (delta) => pieces.push(delta));
      const { choices: [choice], usage } = await stream.finalChatCompletion();
      return { pieces, text: choice.message.content, finish: choice.finish_reason, usage: countTokens(usage) };
    },
    tools: (...talk) => toolLoop(completions.runTools(loop(...talk))),
    streamTools: (...talk) => toolLoop(completions.runTools({ ...loop(...talk), stream: true })),
    async settings(model, question, { temperature, topP, max, stop, seed }) {
      const limits = { temperature, top_p: topP, max_completion_tokens: max, stop, seed };
      return (await completions.create({ ...body(model, { question }), ...limits })).choices[0].message.content;
    },
    structured: async (model, question) => (await completions.parse({ ...body(model, { question }), response_format: format })).choices[0].message.parsed,
    streamStructured: async (model, question) =>
      (await completions.stream({ ...body(model, { question }), response_format: format }).finalChatCompletion()).choices[0].message.parsed,
    failure: (e) => ({ status: e.status, kind: e.code, message: e.message }),
  };
}

export const clients = [client];

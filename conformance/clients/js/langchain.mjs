import { HumanMessage, SystemMessage, ToolMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { ChatGoogle } from '@langchain/google';
import { ChatOpenAI } from '@langchain/openai';
import { base64, instructions, person, showThoughts, weather } from './talk.mjs';

const countTokens = (u) => u && ({
  input: u.input_tokens, output: u.output_tokens, total: u.total_tokens,
  cached: u.input_token_details?.cache_read, reasoning: u.output_token_details?.reasoning,
});

const getWeather = tool(weather.run, { name: weather.name, description: weather.description, schema: weather.schema });

// LangChain's own blocks, which each integration turns into its provider's.
const block = (f) => ({ type: f.type.startsWith('image/') ? 'image' : f.type.startsWith('audio/') ? 'audio' : 'file', mimeType: f.type, data: base64(f), metadata: { filename: f.name } });
const messages = (talk) => [
  new SystemMessage(instructions),
  new HumanMessage(talk.file ? { contentBlocks: [{ type: 'text', text: talk.question }, block(talk.file)] } : talk.question),
];

const thoughts = (m) => m.additional_kwargs.reasoning_content ?? m.contentBlocks.filter((b) => b.type === 'reasoning').map((b) => b.reasoning).join('');
const finishOf = (m) => (m.response_metadata.finish_reason ?? m.response_metadata.finishReason)?.toLowerCase();
const told = (m) => ({ text: m.text, thought: thoughts(m), finish: finishOf(m), usage: countTokens(m.usage_metadata) });

async function collect(stream) {
  let whole;
  const pieces = [];
  for await (const chunk of stream) {
    pieces.push(chunk.text);
    whole = whole ? whole.concat(chunk) : chunk;
  }
  return { whole, pieces };
}

async function toolLoop(invoke, question) {
  const history = messages({ question });
  const said = await invoke(history);
  history.push(said);
  for (const call of said.tool_calls) history.push(await getWeather.invoke(call));
  return { calls: said.tool_calls, text: (await invoke(history)).text };
}

function make({ name, package: from, front, chat, thinking, limited, failure, lacks }) {
  const chatOf = (model, talk) => chat({ model, maxRetries: 0, ...(talk.think && thinking(model)) });
  const bound = (model, think) => chatOf(model, { think }).bindTools([getWeather]);
  const typed = (model) => chat({ model, maxRetries: 0 }).withStructuredOutput(person, { name: 'person', method: 'jsonSchema' });
  return {
    name, package: from, front, lacks, failure,
    answer: async (model, talk) => told(await chatOf(model, talk).invoke(messages(talk))),
    async stream(model, talk) {
      const { whole, pieces } = await collect(await chatOf(model, talk).stream(messages(talk)));
      return { ...told(whole), pieces };
    },
    tools: (model, question, think) => toolLoop((history) => bound(model, think).invoke(history), question),
    streamTools: (model, question, think) => toolLoop(async (history) => (await collect(await bound(model, think).stream(history))).whole, question),
    settings: async (model, question, limits) => (await chat({ model, maxRetries: 0, ...limited(limits) }).invoke(messages({ question }))).text,
    structured: (model, question) => typed(model).invoke(question),
    async streamStructured(model, question) {
      let last;
      for await (const part of await typed(model).stream(question)) last = part;
      return last;
    },
  };
}

export const clients = [
  (url) => make({
    name: 'LangChain @langchain/openai', package: '@langchain/openai', front: 'openai',
    chat: (fields) => new ChatOpenAI({ apiKey: 'any', useResponsesApi: false, configuration: { baseURL: `${url}/v1` }, ...fields }),
    limited: ({ temperature, topP, max, stop, seed }) => ({ temperature, topP, maxTokens: max, stop, modelKwargs: { seed } }),
    // Its own `reasoning` is sent for names that OpenAI's thinkers have.
    thinking: (model) => ({ modelKwargs: { reasoning_effort: 'high', ...(model.endsWith('gemini') && showThoughts) } }),
    // What is too long has an error of LangChain's own around the SDK's.
    failure(error) {
      const e = error.cause ?? error;
      return { status: e.status, kind: e.code, message: e.message };
    },
  }),
  (url) => make({
    name: 'LangChain @langchain/google', package: '@langchain/google', front: 'gemini',
    chat: (fields) => new ChatGoogle({ apiKey: 'any', platformType: 'gai', endpoint: url, ...fields }),
    limited: ({ temperature, topP, max, stop, seed }) => ({ temperature, topP, maxOutputTokens: max, stopSequences: stop, seed }),
    thinking: () => ({ reasoningEffort: 'high' }),
    failure: (e) => ({ status: e.statusCode, kind: e.data.error.status, message: e.message }),
  }),
];

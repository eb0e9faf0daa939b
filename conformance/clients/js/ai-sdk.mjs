import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { APICallError, generateText, isStepCount, Output, streamText, tool } from 'ai';
import { instructions, person, showThoughts, weather } from './talk.mjs';

// It warns of calls without a Gemini 3 signature; chat backends give none.
globalThis.AI_SDK_LOG_WARNINGS = false;

const countTokens = (u) => u && ({
  input: u.inputTokens, output: u.outputTokens, total: u.totalTokens,
  cached: u.inputTokenDetails?.cacheReadTokens, reasoning: u.outputTokenDetails?.reasoningTokens,
});

const tools = { [weather.name]: tool({ description: weather.description, inputSchema: weather.schema, execute: weather.run }) };
const loop = { tools, stopWhen: isStepCount(3) };
const object = { output: Output.object({ schema: person }) };

const messages = (talk) => [{ role: 'user', content: [
  { type: 'text', text: talk.question },
  ...(talk.file ? [{ type: 'file', mediaType: talk.file.type, data: talk.file.bytes, filename: talk.file.name }] : []),
] }];

// toolLoop tells what the SDK's own loop called, in all steps.
const toolLoop = ({ steps, text }) => ({ text, calls: steps.flatMap((s) => s.toolCalls).map((c) => ({ name: c.toolName, args: c.input })) });

function make({ name, package: from, front, model: modelOf, thinking, kind, lacks }) {
  const ask = (model, talk) => ({
    model: modelOf(model), maxRetries: 0, instructions, messages: messages(talk),
    ...(talk.think && { providerOptions: thinking(model) }),
  });
  // stream ends with the error that the SDK would only hand to onError.
  const stream = async (settings) => {
    let failed;
    const result = streamText({ ...settings, onError: ({ error }) => { failed ??= error; } });
    const pieces = [];
    try {
      for await (const piece of result.textStream) pieces.push(piece);
    } catch (error) {
      failed ??= error;
    }
    if (failed) {
      // What hangs on the lost answer fails as well.
      for (const p of [result.steps, result.text, result.usage, result.finishReason]) Promise.resolve(p).catch(() => {});
      throw failed;
    }
    return { pieces, result };
  };
  return {
    name, package: from, front, lacks,
    async answer(model, talk) {
      const r = await generateText(ask(model, talk));
      return { text: r.text, thought: r.reasoningText, finish: r.finishReason, usage: countTokens(r.usage) };
    },
    async stream(model, talk) {
      const { pieces, result } = await stream(ask(model, talk));
      return { pieces, text: await result.text, finish: await result.finishReason, usage: countTokens(await result.usage) };
    },
    tools: async (model, question, think) => toolLoop(await generateText({ ...ask(model, { question, think }), ...loop })),
    async streamTools(model, question, think) {
      const { result } = await stream({ ...ask(model, { question, think }), ...loop });
      return toolLoop({ steps: await result.steps, text: await result.text });
    },
    async settings(model, question, { temperature, topP, max, stop, seed }) {
      const limits = { temperature, topP, maxOutputTokens: max, stopSequences: stop, seed };
      return (await generateText({ ...ask(model, { question }), ...limits })).text;
    },
    structured: async (model, question) => (await generateText({ ...ask(model, { question }), ...object })).output,
    async streamStructured(model, question) {
      const { result } = await stream({ ...ask(model, { question }), ...object });
      return result.output;
    },
    failure(e) {
      if (!APICallError.isInstance(e)) throw e;
      return { status: e.statusCode, kind: kind(e.data?.error ?? JSON.parse(e.responseBody).error), message: e.message };
    },
  };
}

export const clients = [
  (url) => {
    const provider = createOpenAI({ apiKey: 'any', baseURL: `${url}/v1` });
    return make({
      name: 'ai + @ai-sdk/openai', package: '@ai-sdk/openai', front: 'openai', model: (m) => provider.chat(m),
      thinking: () => ({ openai: { reasoningEffort: 'high' } }), kind: (error) => error.code,
      lacks: { thoughts: 'reads no reasoning_content' },
    });
  },
  (url) => {
    const provider = createOpenAICompatible({ name: 'louter', apiKey: 'any', baseURL: `${url}/v1`, includeUsage: true, supportsStructuredOutputs: true });
    return make({
      name: 'ai + @ai-sdk/openai-compatible', package: '@ai-sdk/openai-compatible', front: 'openai', model: (m) => provider(m),
      thinking: (model) => ({ louter: { reasoningEffort: 'high', ...(model.endsWith('gemini') && showThoughts) } }), kind: (error) => error.code,
    });
  },
  (url) => {
    const provider = createGoogleGenerativeAI({ apiKey: 'any', baseURL: `${url}/v1beta` });
    return make({
      name: 'ai + @ai-sdk/google', package: '@ai-sdk/google', front: 'gemini', model: (m) => provider(m),
      thinking: () => ({ google: { thinkingConfig: { includeThoughts: true, thinkingLevel: 'high' } } }), kind: (error) => error.status,
    });
  },
];

import { createPartFromBase64, createPartFromFunctionResponse, GoogleGenAI } from '@google/genai';
import { z } from 'zod';
import { base64, instructions, person, weather } from './talk.mjs';

const config = { tools: [{ functionDeclarations: [{ name: weather.name, description: weather.description, parametersJsonSchema: weather.jsonSchema }] }] };
const asked = { responseMimeType: 'application/json', responseJsonSchema: z.toJSONSchema(person) };

const countTokens = (u) => u && ({
  input: u.promptTokenCount, output: u.candidatesTokenCount + u.thoughtsTokenCount, total: u.totalTokenCount,
  cached: u.cachedContentTokenCount, reasoning: u.thoughtsTokenCount,
});

const thoughts = (resp) => (resp.candidates?.[0]?.content?.parts ?? []).filter((p) => p.thought).map((p) => p.text).join('');
const finish = (resp) => resp.candidates?.[0]?.finishReason?.toLowerCase();
const question = (talk) => (talk.file ? [talk.question, createPartFromBase64(base64(talk.file), talk.file.type)] : talk.question);
const settings = ({ think }) => (think ? { thinkingConfig: { includeThoughts: true, thinkingLevel: 'HIGH' } } : {});

async function collect(stream) {
  const got = { pieces: [], calls: [] };
  for await (const chunk of stream) {
    const text = (chunk.candidates?.[0]?.content?.parts ?? []).filter((p) => p.text && !p.thought).map((p) => p.text).join('');
    got.pieces.push(text);
    got.calls.push(...(chunk.functionCalls ?? []));
    got.finish = finish(chunk) ?? got.finish;
    got.usage = countTokens(chunk.usageMetadata) ?? got.usage;
  }
  return { ...got, text: got.pieces.join('') };
}

const results = (calls) => calls.map((c) => createPartFromFunctionResponse(c.id, c.name, { output: weather.run(c.args) }));

function client(baseUrl) {
  const ai = new GoogleGenAI({ apiKey: 'any', httpOptions: { baseUrl } });
  const stream = (model, contents, config) => ai.models.generateContentStream({ model, contents, config });
  return {
    name: '@google/genai', package: '@google/genai', front: 'gemini',
    async answer(model, talk) {
      const resp = await ai.models.generateContent({ model, contents: question(talk), config: settings(talk) });
      return { text: resp.text, thought: thoughts(resp), finish: finish(resp), usage: countTokens(resp.usageMetadata) };
    },
    stream: async (model, talk) => collect(await stream(model, question(talk), settings(talk))),
    // The SDK's own chat keeps the history, signatures in it.
    async tools(model, message, think) {
      const chat = ai.chats.create({ model, config: { ...config, ...settings({ think }) } });
      const calls = (await chat.sendMessage({ message })).functionCalls;
      return { calls, text: (await chat.sendMessage({ message: results(calls) })).text };
    },
    async streamTools(model, message, think) {
      const chat = ai.chats.create({ model, config: { ...config, ...settings({ think }) } });
      const { calls } = await collect(await chat.sendMessageStream({ message }));
      const { text } = await collect(await chat.sendMessageStream({ message: results(calls) }));
      return { calls, text };
    },
    async settings(model, contents, { temperature, topP, max, stop, seed }) {
      const config = { systemInstruction: instructions, temperature, topP, maxOutputTokens: max, stopSequences: stop, seed };
      return (await ai.models.generateContent({ model, contents, config })).text;
    },
    structured: async (model, q) => JSON.parse((await ai.models.generateContent({ model, contents: q, config: asked })).text),
    streamStructured: async (model, q) => JSON.parse((await collect(await stream(model, q, asked))).text),
    // The SDK gives the body as its words.
    failure: (e) => ({ status: e.status, kind: JSON.parse(e.message).error.status, message: JSON.parse(e.message).error.message }),
  };
}

export const clients = [client];

// The official Node client, unmodified: only base URL and key are ours. Prints a line for each thing that holds.
import OpenAI from "openai";

const client = new OpenAI({
  baseURL: process.env.SOTTO_BASE_URL,
  apiKey: process.env.SOTTO_KEY,
  timeout: 240_000,
  maxRetries: 0,
});
const model = process.env.SOTTO_MODEL;
const messages = [{ role: "user", content: "Say a word." }];

function holds(name, truth) {
  if (!truth) {
    console.error(`does not hold: ${name}`);
    process.exit(1);
  }
  console.log(`holds: ${name}`);
}

async function refused(name, kind, param, call) {
  try {
    await call();
  } catch (error) {
    holds(name, error instanceof kind && (param === undefined || error.param === param));
    return;
  }
  holds(`${name} is refused`, false);
}

const models = [];
for await (const m of client.models.list()) models.push(m.id);
holds("models are listed", models.includes(model));

const whole = await client.chat.completions.create({ model, messages, max_tokens: 6, temperature: 0 });
const text = whole.choices[0].message.content;
holds("a chat is answered", whole.usage.completion_tokens > 0);

const stream = await client.chat.completions.create({
  model, messages, max_completion_tokens: 6, temperature: 0, stream: true, stream_options: { include_usage: true },
});
let streamed = "";
let usage;
let reason;
for await (const chunk of stream) {
  streamed += chunk.choices[0]?.delta?.content ?? "";
  reason = chunk.choices[0]?.finish_reason ?? reason;
  usage = chunk.usage ?? usage;
}
holds("a stream says what the whole answer says", streamed === text);
holds("a stream ends with a reason and its usage", reason !== undefined && usage.total_tokens > 0);

const helper = client.chat.completions.stream({ model, messages, max_tokens: 4, temperature: 0 });
holds("the stream helper finishes", (await helper.finalChatCompletion()).choices.length === 1);

const aborted = await client.chat.completions.create({ model, messages, max_tokens: 64, stream: true });
for await (const _ of aborted) break; // leaves after the first chunk
holds("a caller may leave", true);

const raw = await client.completions.create({ model, prompt: "Once upon a time", max_tokens: 3, temperature: 0 });
holds("a text is continued", raw.choices.length === 1);

const answer = await client.responses.create({ model, input: "Say something.", max_output_tokens: 16, store: false });
holds("a response is made", typeof answer.output_text === "string");

await refused("an unknown model", OpenAI.NotFoundError, undefined, () =>
  client.chat.completions.create({ model: "no-such-model", messages }));
await refused("a penalty out of range", OpenAI.BadRequestError, "frequency_penalty", () =>
  client.chat.completions.create({ model, messages, frequency_penalty: 9 }));
await refused("a wrong key", OpenAI.AuthenticationError, undefined, () =>
  new OpenAI({ baseURL: process.env.SOTTO_BASE_URL, apiKey: "sk-sotto-wrong", maxRetries: 0 }).models.list());

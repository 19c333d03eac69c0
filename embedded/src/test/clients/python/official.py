"""The official Python client, unmodified: only base URL and key are ours. Prints a line for each thing that holds."""

import os

import openai

client = openai.OpenAI(
    base_url=os.environ["SOTTO_BASE_URL"], api_key=os.environ["SOTTO_KEY"], timeout=240, max_retries=0
)
model = os.environ["SOTTO_MODEL"]
talk = [{"role": "user", "content": "Say a word."}]


def holds(name, truth):
    if not truth:
        raise SystemExit(f"does not hold: {name}")
    print(f"holds: {name}", flush=True)


def refused(name, kind, param, call):
    try:
        call()
    except kind as error:
        holds(name, param is None or (error.body or {}).get("param") == param)
    else:
        raise SystemExit(f"was not refused: {name}")


holds("models are listed", model in [m.id for m in client.models.list()])
holds("a model is described", client.models.retrieve(model).id == model)

whole = client.chat.completions.create(model=model, messages=talk, max_tokens=6, temperature=0)
text = whole.choices[0].message.content
holds("a chat is answered", whole.choices[0].finish_reason in ("stop", "length") and whole.usage.completion_tokens > 0)
holds("usage adds up", whole.usage.total_tokens == whole.usage.prompt_tokens + whole.usage.completion_tokens)

stream = client.chat.completions.create(
    model=model, messages=talk, max_tokens=6, temperature=0, stream=True, stream_options={"include_usage": True}
)
chunks = list(stream)
streamed = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
holds("a stream says what the whole answer says", streamed == text)
holds("a stream ends with a reason", [c.choices[0].finish_reason for c in chunks if c.choices][-1] is not None)
holds("a stream tells its usage last", not chunks[-1].choices and chunks[-1].usage.total_tokens > 0)
holds("a stream has one id", len({c.id for c in chunks}) == 1)

several = client.chat.completions.create(model=model, messages=talk, max_tokens=3, n=2, temperature=1, seed=7)
holds("n answers come", [c.index for c in several.choices] == [0, 1])
likely = client.chat.completions.create(
    model=model, messages=talk, max_tokens=2, temperature=0, logprobs=True, top_logprobs=3
)
first = likely.choices[0].logprobs.content[0]
holds("log probabilities come", first.logprob <= 0 and len(first.top_logprobs) == 3)
holds("the likeliest is first", abs(first.top_logprobs[0].logprob - first.logprob) < 1e-6)

raw = client.completions.create(model=model, prompt="Once upon a time", max_tokens=3, temperature=0)
holds("a text is continued", raw.object == "text_completion" and len(raw.choices) == 1)

answer = client.responses.create(model=model, input="Say something.", max_output_tokens=16, temperature=0, store=False)
holds("a response is made", answer.status in ("completed", "incomplete") and answer.usage.output_tokens > 0)
events = [e.type for e in client.responses.create(
    model=model, input="Say something.", max_output_tokens=16, temperature=0, store=False, stream=True)]
holds("a response streams", events[0] == "response.created" and events[-1] in ("response.completed", "response.incomplete"))

refused("an unknown model", openai.NotFoundError, None,
        lambda: client.chat.completions.create(model="no-such-model", messages=talk))
refused("a tool", openai.BadRequestError, "tools",
        lambda: client.chat.completions.create(model=model, messages=talk, tools=[
            {"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}]))
refused("a temperature out of range", openai.BadRequestError, "temperature",
        lambda: client.chat.completions.create(model=model, messages=talk, temperature=9))
refused("a wrong key", openai.AuthenticationError, None,
        lambda: client.with_options(api_key="sk-sotto-wrong").models.list())

package dev.sotto.embedded.canary;

import dev.sotto.client.Answer;
import dev.sotto.client.AnswerRequest;
import dev.sotto.client.Generation;
import dev.sotto.client.Sampling;
import dev.sotto.models.ClearWeights;
import dev.sotto.models.format.HubModel;
import dev.sotto.models.text.ChatMessage;
import dev.sotto.nn.ClearRun;
import dev.sotto.scan.Needles;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A prompt to be recognised by, and what the model answers, computed in the clear. The likeliest
 * token of each step is likelier than all others by more than the rounding of shares can change.
 *
 * @param promptIds the conversation's tokens
 * @param answer the answer
 */
record KnownAnswer(int[] promptIds, Answer answer) {
  static final String PHRASE = "quetzal ✻ \"amber\" 7391 lighthouse";
  static final String PROMPT = "Tell käte of the " + PHRASE + " and the sea 203";

  /** Penalties that let no token come twice: nothing in the answer comes about by chance. */
  static final List<String> OPTIONS =
      List.of(
          "--temperature",
          "0",
          "--frequency-penalty",
          "2",
          "--presence-penalty",
          "2",
          "--max-tokens",
          "16");

  private static final int TOKENS = 16;
  private static final int ROW = 12; // ids in a row: none of them comes about by chance

  static KnownAnswer of(Path model) {
    try (HubModel source = HubModel.open(model);
        Generation generation = new Generation(source.publicPart())) {
      int[] prompt = generation.conversation(List.of(ChatMessage.user(PROMPT)));
      ClearRun run = ClearWeights.load(source).start();
      Sampling sampling = new Sampling(0, 0, 1, 1, 2, 2, Map.of(), 0);
      return new KnownAnswer(
          prompt,
          generation.answer(
              run::logits, new AnswerRequest(prompt, sampling, List.of(), TOKENS, -1), _ -> {}));
    }
  }

  /** Everything of it that must be in no place but the enclave. */
  Needles needles() {
    Needles needles = new Needles();
    needles.everyText("the phrase", PHRASE);
    needles.everyText("the answer", answer.text());
    long[] ids = Arrays.stream(promptIds).asLongStream().toArray();
    int user = ids.length / 2; // past the template's words, which are no secret
    needles.everyInteger("the prompt's ids", Arrays.copyOfRange(ids, user, user + ROW));
    needles.everyInteger(
        "the answer's ids",
        answer.tokens().stream().limit(ROW).mapToLong(Integer::longValue).toArray());
    return needles;
  }
}

package dev.sotto.embedded.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionTokenLogprob;
import dev.sotto.embedded.testing.RealPlatform;
import dev.sotto.models.format.ModelFiles;
import dev.sotto.models.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The real model's answer through the API, token by token what the model answered elsewhere. */
@ExtendWith(RealPlatform.class)
class GoldenAnswerTest {
  private static final int TOKENS = 8;
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  @Test
  void answersTheTokensOfTheModelInTheClear() throws IOException {
    JsonNode golden = JsonMapper.shared().readTree(file().toFile()).path(0);
    int[] wanted =
        golden
            .path("completion_ids")
            .valueStream()
            .mapToInt(JsonNode::intValue)
            .limit(TOKENS)
            .toArray();
    assertThat(wanted).hasSize(TOKENS);
    ChatCompletion answer = ask(golden.path("prompt").stringValue());

    assertThat(answer.usage().orElseThrow().promptTokens())
        .isEqualTo(golden.path("prompt_ids").size());
    assertThat(answer.usage().orElseThrow().completionTokens()).isEqualTo(TOKENS);
    ChatCompletion.Choice choice = answer.choices().getFirst();
    List<byte[]> tokens = new ArrayList<>();
    for (ChatCompletionTokenLogprob token :
        choice.logprobs().orElseThrow().content().orElseThrow()) {
      tokens.add(bytes(token.bytes().orElseThrow()));
    }
    try (ModelFiles model = ModelFiles.open(RealPlatform.modelFile());
        Tokenizer tokenizer = model.publicPart().tokenizer()) {
      assertThat(tokenizer.ends()).contains(wanted[TOKENS - 1]); // the end is counted, not shown
      assertThat(choice.finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.STOP);
      assertThat(tokens)
          .containsExactly(
              Arrays.stream(wanted)
                  .limit(TOKENS - 1)
                  .mapToObj(tokenizer::bytesOf)
                  .toArray(byte[][]::new));
      assertThat(choice.message().content()).hasValue(tokenizer.decode(wanted));
    }
  }

  private static ChatCompletion ask(String prompt) {
    OpenAIClient client =
        OpenAIOkHttpClient.builder()
            .baseUrl(RealPlatform.baseUrl())
            .apiKey(RealPlatform.key())
            .timeout(PATIENCE)
            .maxRetries(0)
            .build();
    try {
      return client
          .chat()
          .completions()
          .create(
              ChatCompletionCreateParams.builder()
                  .model(RealPlatform.MODEL)
                  .addUserMessage(prompt)
                  .temperature(0)
                  .maxCompletionTokens(TOKENS)
                  .logprobs(true)
                  .build());
    } finally {
      client.close();
    }
  }

  private static byte[] bytes(List<Long> values) {
    byte[] bytes = new byte[values.size()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = values.get(i).byteValue();
    }
    return bytes;
  }

  /** In the folder {@code shared} beside the repository. */
  private static Path file() {
    Path file = Path.of("shared", "data", "smollm2-135m-instruct", "golden.json");
    for (Path p = Path.of("").toAbsolutePath(); p != null; p = p.getParent()) {
      if (Files.isRegularFile(p.resolve(file))) {
        return p.resolve(file);
      }
    }
    throw new AssertionError(
        file + " is in no folder above this one; put the folder 'shared' beside the repository.");
  }
}

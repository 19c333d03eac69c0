package dev.sotto.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.client.Answer;
import dev.sotto.client.AnswerListener;
import dev.sotto.client.AnswerPiece;
import dev.sotto.client.InvalidParameter;
import dev.sotto.client.Sampling;
import dev.sotto.client.lane.LaneException;
import dev.sotto.contracts.Failure;
import dev.sotto.contracts.Protection;
import dev.sotto.models.text.ChatMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

class ConversationTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final Echo partner = new Echo();

  /** Answers with the number of messages it has seen. */
  private static final class Echo implements Conversation.Partner {
    final List<List<ChatMessage>> asked = new ArrayList<>();
    final List<Long> seeds = new ArrayList<>();

    @Override
    public String model() {
      return "small";
    }

    @Override
    public Protection protection() {
      return Protection.PASSIVE;
    }

    @Override
    public int[] prompt(List<ChatMessage> messages) {
      asked.add(List.copyOf(messages));
      if (messages.getLast().content().equals("long")) {
        throw new InvalidParameter("prompt", "has too many tokens");
      }
      return new int[] {messages.size()};
    }

    @Override
    public Answer answer(
        int[] prompt,
        Sampling sampling,
        List<String> stops,
        int maxTokens,
        AnswerListener listener) {
      seeds.add(sampling.seed());
      String said = asked.getLast().getLast().content();
      if (said.equals("fail")) {
        throw new LaneException(Failure.Code.PEER_GONE, "dealer is gone", null);
      }
      listener.piece(new AnswerPiece("answer " + prompt[0], List.of()));
      if (said.equals("stop")) {
        throw new CancellationException();
      }
      return new Answer(List.of(), "answer " + prompt[0], Answer.Finish.STOP);
    }
  }

  private void hold(String input, ChatMessage... before) throws IOException {
    Conversation conversation =
        new Conversation(partner, List.of(before), Sampling.greedy().withSeed(5), List.of(), 8);
    conversation.hold(
        Conversation.lines(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8))),
        new PrintWriter(out, true),
        new PrintWriter(err, true));
  }

  private static String last(List<ChatMessage> messages) {
    StringBuilder roles = new StringBuilder();
    messages.forEach(m -> roles.append(m.role().charAt(0)));
    return roles + ":" + messages.getLast().content();
  }

  @Test
  void turnsAddUp() throws IOException {
    hold("one\n\n  \ntwo\n/new\nthree", ChatMessage.system("be brief"));
    assertThat(partner.asked.stream().map(ConversationTest::last))
        .containsExactly("su:one", "suau:two", "su:three");
    assertThat(out.toString().lines()).containsExactly("answer 2", "answer 4", "answer 2");
    assertThat(partner.seeds).containsExactly(5L, 6L, 7L);
  }

  @Test
  void whatFailsIsSaidAndNotRemembered() throws IOException {
    hold("fail\nlong\nagain\n");
    assertThat(err.toString()).contains("dealer is gone", "begin anew with /new");
    assertThat(last(partner.asked.getLast())).isEqualTo("u:again");
  }

  @Test
  void whatWasStoppedIsRememberedAsFarAsItCame() throws IOException {
    hold("stop\nnext\n");
    assertThat(partner.asked.getLast().get(1).content()).isEqualTo("answer 1");
    assertThat(out.toString()).contains("answer 1 …");
  }

  @Test
  void itEndsWhereItIsTold() throws IOException {
    hold("one\n/exit\ntwo\n");
    assertThat(partner.asked).hasSize(1);
  }

  @Test
  void linesAreBoundedAndWellFormed() {
    assertThatThrownBy(() -> hold("x".repeat((1 << 20) + 1)))
        .isInstanceOf(CommandFailed.class)
        .hasMessageContaining("longer than");
    Conversation.Lines broken =
        Conversation.lines(new ByteArrayInputStream(new byte[] {(byte) 0xff, '\n'}));
    assertThatThrownBy(broken::next).hasMessageContaining("not valid UTF-8");
  }
}

package dev.sotto.openai.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.openai.answer.RecentAnswers.Claim;
import dev.sotto.openai.answer.RecentAnswers.RequestName;
import dev.sotto.openai.answer.RecentAnswers.Stored;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RecentAnswersTest {
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5); // clocks wrap around
  private final RecentAnswers recent = new RecentAnswers(now::get);

  private Claim claim(String name) throws Exception {
    return recent.claim(new RequestName("a", name), "request", true, Duration.ofSeconds(1));
  }

  private void answer(String name, int bytes) throws Exception {
    try (Claim claim = claim(name)) {
      assertThat(claim.stored()).isNull();
      claim.keep(new Stored("", new byte[bytes]));
    }
  }

  private boolean known(String name) throws Exception {
    try (Claim claim = claim(name)) {
      return claim.stored() != null;
    }
  }

  @Test
  void whatWasAnsweredIsKnownForAWhile() throws Exception {
    answer("x", 3);
    now.addAndGet(RecentAnswers.KEPT.toNanos() - 1);
    assertThat(known("x")).isTrue();
    now.addAndGet(2);
    assertThat(known("x")).isFalse();
  }

  @Test
  void whatWasNotAnsweredIsNot() throws Exception {
    claim("x").close();
    assertThat(known("x")).isFalse();
  }

  @Test
  void answersAreBoundedByTheirBytes() throws Exception {
    answer("old", 40 << 20);
    answer("new", 40 << 20);
    assertThat(known("old")).isFalse();
    assertThat(known("new")).isTrue();
  }

  @Test
  void answersAreBoundedByTheirNumber() throws Exception {
    for (int i = 0; i <= 1024; i++) {
      answer("n" + i, 1);
    }
    assertThat(known("n0")).isFalse();
    assertThat(known("n1024")).isTrue();
  }

  @Test
  void anAnswerIsForItsScopeAlone() throws Exception {
    answer("x", 1);
    try (Claim other =
        recent.claim(new RequestName("b", "x"), "request", true, Duration.ofSeconds(1))) {
      assertThat(other.stored()).isNull();
    }
  }

  @Test
  void aNameIsForOneRequest() throws Exception {
    answer("x", 1);
    assertThatThrownBy(
            () -> recent.claim(new RequestName("a", "x"), "other", true, Duration.ofSeconds(1)))
        .isInstanceOf(RecentAnswers.NameReused.class);
  }
}

package dev.sotto.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.embedded.testing.UserHome;
import dev.sotto.embedded.testing.UserHome.Outcome;
import dev.sotto.embedded.testing.UserHome.Started;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two users of one machine start at once, and want the same port. */
class TwoHomesTest {
  @TempDir private Path one;
  @TempDir private Path other;

  @Test
  void twoHomesDoNotCollide() throws Exception {
    int port = UserHome.freePort();
    List<UserHome> homes = List.of(UserHome.in(one).wants(port), UserHome.in(other).wants(port));
    try {
      List<Started> ups = List.of(homes.get(0).start("up"), homes.get(1).start("up"));
      for (Started up : ups) {
        Outcome outcome = up.end();
        assertThat(outcome.exitCode()).as(outcome.toString()).isZero();
      }
      String first = Files.readString(homes.get(0).platform().gatewayUrl());
      assertThat(Files.readString(homes.get(1).platform().gatewayUrl())).isNotEqualTo(first);
      for (UserHome home : homes) {
        Answers.assertAnswers(home);
      }
      assertThat(homes.get(0).run("down").exitCode()).isZero();
      Answers.assertAnswers(homes.get(1)); // the other goes on
    } finally {
      for (UserHome home : homes) {
        home.run("down");
      }
    }
    for (UserHome home : homes) {
      assertThat(home.processes()).isEmpty();
    }
  }
}
